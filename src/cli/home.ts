/** Where progress and saves live: CLUSTERLAB_HOME, or the platform's own place (XDG). A shelf of small files, written so that a crash spoils none. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'
import writeFileAtomic from 'write-file-atomic'
import type { Shelf } from '../game/shelf.ts'

export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['CLUSTERLAB_HOME']
  return given ? resolve(given) : envPaths('clusterlab', { suffix: '' }).data
}

export class FileShelf implements Shelf {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  read(name: string): string | undefined {
    try {
      return readFileSync(this.path(name), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  write(name: string, text: string): void {
    const path = this.path(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileAtomic.sync(path, text, { fsync: false })
  }

  append(name: string, text: string): void {
    const path = this.path(name)
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'a')
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }

  remove(name: string): void {
    rmSync(this.path(name), { force: true })
  }
}
