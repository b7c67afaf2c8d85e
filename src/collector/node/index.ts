export { type Served, type ServeOptions, serve, serveDefaults } from './serve'
export { type NodeHandler, toNodeHandler } from './to-node-handler'
