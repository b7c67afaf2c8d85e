/** They bring no types along. */
declare module '@analytics/customerio'
declare module '@analytics/google-analytics'
declare module '@analytics/mixpanel'
declare module '@analytics/segment'
declare module '@analytics/simple-analytics'
