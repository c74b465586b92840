/**
 * `-f`, `-R`, `-k`: which files are read, in which order, and the objects in them (cli-runtime's FilenameParam and file visitors).
 */

import { normalisePath } from '../../script/files.ts'
import type { KubectlHost } from '../contract.ts'
import { CommandError } from '../errors.ts'
import { buildKustomization } from '../kustomize/build.ts'
import { readManifests } from './yaml.ts'

/** An object as it stands in a file; `source` is its name in errors. */
export interface Manifest {
  readonly object: unknown
  readonly source: string
}

/** A file that could not be read, in its place among the manifests. */
export interface BadFile {
  readonly failure: unknown
}

const extensions = ['.json', '.yaml', '.yml']
const isManifest = (name: string): boolean => extensions.some((end) => name.endsWith(end))

function walk(host: KubectlHost, path: string, shown: string, recursive: boolean): string[] {
  const out: string[] = []
  for (const name of host.files.list(path)) {
    const full = `${path === '/' ? '' : path}/${name}`
    const label = `${shown.replace(/\/$/, '')}/${name}`
    const kind = host.files.stat(full)?.kind
    if (kind === 'directory') {
      if (recursive) out.push(...walk(host, full, label, recursive))
    } else if (isManifest(name)) out.push(label)
  }
  return out
}

function pathsOf(host: KubectlHost, filename: string, recursive: boolean): string[] {
  const path = normalisePath(filename, host.cwd)
  const stat = host.files.stat(path)
  if (stat === undefined) {
    if (/[*?[]/.test(filename)) throw new CommandError(`the path ${JSON.stringify(filename)} does not exist`)
    throw new CommandError(`the path ${JSON.stringify(filename)} does not exist`)
  }
  if (stat.kind !== 'directory') return [filename]
  const found = walk(host, path, filename, recursive)
  if (found.length === 0) throw new CommandError(`error reading [${filename}]: recognized file extensions are [.json .yaml .yml]`)
  return found
}

/** Everything the file flags name, in order; one bad file does not hide the others. */
export function readFiles(host: KubectlHost, filenames: readonly string[], kustomize: string, recursive: boolean): (Manifest | BadFile)[] {
  if (filenames.length > 0 && kustomize !== '') throw new CommandError('only one of -f or -k can be specified')
  if (kustomize !== '') return buildKustomization(host, kustomize).map((object) => ({ object, source: kustomize }))
  const out: (Manifest | BadFile)[] = []
  for (const filename of filenames) out.push(...readOne(host, filename, recursive))
  return out
}

function readOne(host: KubectlHost, filename: string, recursive: boolean): (Manifest | BadFile)[] {
  if (/^https?:\/\//.test(filename))
    throw new CommandError(
      `unable to read URL ${JSON.stringify(filename)}: there is no internet in this lab; put the file in the working directory`,
    )
  if (filename === '-') return readManifests(host.stdin(), 'STDIN').map((object) => ({ object, source: 'STDIN' }))
  const out: (Manifest | BadFile)[] = []
  for (const path of pathsOf(host, filename, recursive)) {
    try {
      for (const object of readManifests(host.files.read(normalisePath(path, host.cwd)), path)) out.push({ object, source: path })
    } catch (failure) {
      if (!(failure instanceof CommandError)) throw failure
      out.push({ failure })
    }
  }
  return out
}
