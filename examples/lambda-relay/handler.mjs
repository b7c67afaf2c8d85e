import { createCollector } from 'firsthand/collector'
import { lambdaHandler } from 'firsthand/collector/lambda'
import { stitch } from 'firsthand/plugins/stitch'

const { PROJECT_KEY = 'demo', SITE_ORIGIN = 'https://shop.example' } = process.env
// STITCH_TOKEN of the Import API, or the secret STITCH_WEBHOOK_URL; the page never sees either.
const { STITCH_TOKEN: token, STITCH_WEBHOOK_URL: webhookUrl, STITCH_HOST: host } = process.env

export const handler = lambdaHandler(
  createCollector({
    projects: [{ id: 'shop', key: PROJECT_KEY, origins: SITE_ORIGIN.split(',') }],
    forward: [stitch(webhookUrl ? { webhookUrl } : { token, host })],
  }),
)
