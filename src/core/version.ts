export const LIBRARY = { name: 'firsthand', version: '0.1.0' } as const
