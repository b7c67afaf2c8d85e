import type { FileSystem, OperatingSystem } from './system'

/** What can be known of a process from outside. */
export interface ProcessTable {
  pid: number
  /** This machine or container. */
  host: string
  /** Changes with each start of the machine; '' where nobody says. */
  boot: string
  isRunning(pid: number): boolean
  /** When the process was started, in the system's own words; '' where nobody says. A pid is used again, this is not. */
  startOf(pid: number): string
}

export interface QueueOwnerOptions {
  fs: FileSystem
  /** Shared by all processes. */
  root: string
  name: string
  processes: ProcessTable
  now(): number
}

/** One folder, and the proof that its owner lives. */
export interface QueueOwner {
  dir: string
  /** Makes the proof young again; false where another process has taken the folder. */
  beat(): boolean
  release(): void
}

const ALIVE = 'alive'
/** On another machine only the age of the proof tells. */
const FOREIGN_MS = 60_000
/** Here the process tells; its age counts where the system does not say when a process was started. */
const LOCAL_MS = 600_000

export function createQueueOwner({ fs, root, name, now, processes }: QueueOwnerOptions): QueueOwner {
  const dir = `${root}/${name}`
  const { boot, host, pid } = processes
  const proof = JSON.stringify({ pid, host, boot, start: processes.startOf(pid) })
  // Made aside, so that nobody meets a folder without its proof and takes it for dead.
  const aside = `${root}/.${name}`
  fs.mkdirSync(aside, { recursive: true, mode: 0o700 })
  fs.writeFileSync(`${aside}/${ALIVE}`, proof)
  fs.renameSync(aside, dir)
  const path = `${dir}/${ALIVE}`
  return {
    dir,
    beat() {
      try {
        if (!fs.existsSync(path)) fs.writeFileSync(path, proof)
        fs.utimesSync(path, now() / 1000, now() / 1000)
        return true
      } catch {
        return false
      }
    },
    release: () => fs.rmSync(path, { force: true }),
  }
}

/** Names of the folders whose owners are proved dead. */
export function findDead({ fs, root, name, now, processes }: QueueOwnerOptions): string[] {
  const folders = fs.readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders
    .map((entry) => entry.name)
    .filter((other) => other !== name && isOwner(other) && isDead(fs, `${root}/${other}/${ALIVE}`, now(), processes))
    .sort()
}

/** `<time of its making in base 36>.<8 random characters>`, as in the journal of browsers. */
const isOwner = (name: string): boolean => /^[\da-z]+\.[\w-]{8}$/.test(name)

function isDead(fs: FileSystem, path: string, nowMs: number, processes: ProcessTable): boolean {
  try {
    const { pid, host, boot, start } = JSON.parse(fs.readFileSync(path, 'utf8'))
    const ageMs = nowMs - fs.statSync(path).mtimeMs
    if (host !== processes.host) return ageMs > FOREIGN_MS
    if ((boot !== processes.boot && boot && processes.boot) || !processes.isRunning(pid)) return true
    const runs = processes.startOf(pid)
    return start && runs ? start !== runs : ageMs > LOCAL_MS
  } catch (error) {
    // Given up by its owner. Whatever else cannot be read is left alone.
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** The processes of this machine. */
export function createProcessTable(fs: FileSystem, os: OperatingSystem): ProcessTable {
  const read = (path: string) => {
    try {
      return fs.readFileSync(path, 'utf8')
    } catch {
      // Not Linux.
      return ''
    }
  }
  return {
    pid: process.pid,
    host: os.hostname(),
    boot: read('/proc/sys/kernel/random/boot_id').trim(),
    isRunning(pid) {
      try {
        return process.kill(pid, 0)
      } catch (error) {
        // Somebody else's process is one as well.
        return (error as NodeJS.ErrnoException).code === 'EPERM'
      }
    },
    // The name before it may hold anything, also spaces and brackets.
    startOf: (pid) => read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '',
  }
}
