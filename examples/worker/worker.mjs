import { createCollector } from 'firsthand/collector'
import { stitch } from 'firsthand/plugins/stitch'

let collector

/** Made at the first request: secrets come with it, and a Worker may do nothing before. */
function collectorOf({ PROJECT_KEY, SITE_ORIGIN, STITCH_TOKEN, STITCH_HOST }) {
  return createCollector({
    projects: [{ id: 'shop', key: PROJECT_KEY, origins: SITE_ORIGIN.split(',') }],
    forward: [stitch({ token: STITCH_TOKEN, host: STITCH_HOST })],
  })
}

export default {
  fetch(request, env) {
    collector ??= collectorOf(env)
    return collector.fetch(request, { remoteAddress: request.headers.get('cf-connecting-ip') ?? undefined })
  },
}
