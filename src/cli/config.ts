import type { CollectorOptions } from '../collector/options'

/**
 * What `firsthand.config.{ts,js,mjs,json}` holds: the options of `createCollector`, and where and how the commands run.
 * Environment variables go before it, options of the command line before both.
 */
export interface FirsthandConfig extends Partial<Omit<CollectorOptions, 'forward' | 'script'>> {
  /**
   * Port to listen on; 0 takes any that is free.
   * @default 8080
   */
  port?: number
  /**
   * Address to listen on; `0.0.0.0` opens it to the network.
   * @default '127.0.0.1'
   */
  host?: string
  /**
   * Directory of the store and of the tokens made here; a relative one starts at the config file.
   * @default 'data'
   */
  dataDir?: string
  /**
   * Postgres to keep events in, such as `postgres://user:password@localhost:5432/events`, in place of a file in
   * `dataDir`; needs `npm install pg@8`. `DATABASE_URL` keeps the password out of a file that is shared.
   */
  databaseUrl?: string
  /** Directory of static files to serve beside the collector; a relative one starts at the config file. */
  site?: string
}

export const configDefaults = { port: 8080, host: '127.0.0.1', dataDir: 'data' } satisfies FirsthandConfig

/** Gives back what it gets: an editor then knows the keys and their types. */
export function defineConfig(config: FirsthandConfig): FirsthandConfig {
  return config
}
