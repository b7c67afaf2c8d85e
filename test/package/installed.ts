import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../rules/source'

export interface Installation {
  /** A project of its own, outside the repository, in which only firsthand is installed. */
  folder: string
  write(files: Record<string, string>): void
  /** Lends a package of the repository that a consumer would have anyway, such as `@types/node`. */
  lend(name: string): void
  node(...args: string[]): string
  remove(): void
}

const npm = (folder: string, ...args: string[]) =>
  execFileSync('npm', [...args, '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })

/** Packs what `npm publish` would send and installs it as a user does, with no network to lean on. */
export function installPackage(): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'firsthand-package-'))
  const tarball = npm(root, 'pack', '--pack-destination', folder).trim().split('\n').pop() ?? ''
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  npm(folder, 'install', '--offline', '--no-save', '--no-audit', '--no-fund', join(folder, tarball))
  return {
    folder,
    write(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), text)
      }
    },
    lend(name) {
      mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    },
    node: (...args) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
