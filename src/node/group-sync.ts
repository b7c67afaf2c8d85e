import type { FileSystem } from './system'

/** While one fsync runs those who come later share the next. `begin` gives the file when it starts; below 0 it is closed. */
export function createGroupSync({ fdatasync }: FileSystem, begin: () => number): () => Promise<void> {
  let current: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const sync = () => {
    next = undefined
    const fd = begin()
    // Closing has synced it.
    if (fd < 0) return
    return new Promise<void>((resolve, reject) => {
      fdatasync(fd, (error) => (error && error.code !== 'EBADF' ? reject(error) : resolve()))
    })
  }
  return () => (next ??= current = current.then(sync, sync))
}
