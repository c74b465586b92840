/**
 * `--from-literal`, `--from-file`, `--from-env-file`: the data of ConfigMaps and Secrets, with kubectl's checks and error texts.
 */
import { base64FromBytes, bytesFromText } from '../../../script/bytes.ts'
import { normalisePath } from '../../../script/files.ts'
import type { KubectlHost } from '../../contract.ts'
import { CommandError } from '../../errors.ts'

/** Key → text; bytes that are no UTF-8 are lone surrogates (script/bytes.ts). */
export type DataEntries = Map<string, string>

export interface Sources {
  readonly literals: readonly string[]
  readonly files: readonly string[]
  readonly envFiles: readonly string[]
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
export const envNameRule =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"

export const isEnvName = (name: string): boolean => /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)

/** What is wrong with a key of a ConfigMap or Secret, or ''. */
export function keyProblem(key: string): string {
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return keyRule
  if (key === '.') return "must not be '.'"
  if (key === '..') return "must not be '..'"
  if (key.startsWith('..')) return "must not start with '..'"
  return key.length > 253 ? 'must be no more than 253 characters' : ''
}

/** What reading data needs of the host. */
export type DataHost = Pick<KubectlHost, 'files' | 'env' | 'cwd'>

class Collector {
  readonly entries: DataEntries = new Map()

  constructor(
    private readonly host: DataHost,
    private readonly kind: string,
    private readonly name: string,
  ) {}

  add(key: string, value: string): void {
    const problem = keyProblem(key)
    if (problem !== '') throw new CommandError(`${JSON.stringify(key)} is not a valid key name for a ${this.kind}: ${problem}`)
    if (this.entries.has(key))
      throw new CommandError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ${this.kind} ${JSON.stringify(this.name)}`,
      )
    this.entries.set(key, value)
  }

  literal(source: string): void {
    const equals = source.indexOf('=')
    if (equals < 1) throw new CommandError(`invalid literal source ${source}, expected key=value`)
    this.add(source.slice(0, equals), source.slice(equals + 1))
  }

  file(source: string): void {
    const equals = source.indexOf('=')
    if (equals === 0) throw new CommandError(`key name for file path ${source.slice(1)} missing`)
    if (equals > 0 && equals === source.length - 1) throw new CommandError(`file path for key name ${source.slice(0, equals)} missing`)
    if (equals > 0 && source.indexOf('=', equals + 1) > 0) throw new CommandError("key names or file paths cannot contain '='")
    const path = equals < 0 ? source : source.slice(equals + 1)
    const full = normalisePath(path, this.host.cwd)
    const stat = this.host.files.stat(full)
    if (stat === undefined) throw new CommandError(`error reading ${path}: no such file or directory`)
    if (stat.kind === 'directory') {
      if (equals > 0) throw new CommandError('cannot give a key name for a directory path')
      for (const name of this.host.files.list(full)) {
        if (this.host.files.stat(`${full}/${name}`)?.kind === 'file' && keyProblem(name) === '')
          this.add(name, this.host.files.read(`${full}/${name}`))
      }
      return
    }
    this.add(equals < 0 ? full.slice(full.lastIndexOf('/') + 1) : source.slice(0, equals), this.host.files.read(full))
  }

  envFile(path: string): void {
    const full = normalisePath(path, this.host.cwd)
    if (this.host.files.stat(full) === undefined) throw new CommandError(`error reading ${path}: no such file or directory`)
    if (this.host.files.stat(full)?.kind === 'directory') throw new CommandError('env config file cannot be a directory')
    for (const [key, value] of envLines(this.host.files.read(full), this.host.env)) this.add(key, value)
  }
}

/** The lines of an env file: comments and empty lines skipped, a bare name takes its value from the environment. */
export function envLines(text: string, env: Readonly<Record<string, string>>): [string, string][] {
  const out: [string, string][] = []
  for (const raw of text.replace(/^\ufeff/, '').split('\n')) {
    const line = raw.replace(/\r$/, '').trimStart()
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    const key = equals < 0 ? line : line.slice(0, equals)
    if (!isEnvName(key)) throw new CommandError(`${JSON.stringify(key)} is not a valid key name: ${envNameRule}`)
    if (equals >= 0) out.push([key, line.slice(equals + 1)])
    else out.push([key, env[key] ?? ''])
  }
  return out
}

/** Reads all sources. `kind` and `name` are for error texts. */
export function collectData(host: DataHost, sources: Sources, kind: string, name: string): DataEntries {
  if (sources.envFiles.length > 0 && (sources.files.length > 0 || sources.literals.length > 0)) {
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal')
  }
  const collector = new Collector(host, kind, name)
  for (const file of sources.files) collector.file(file)
  for (const literal of sources.literals) collector.literal(literal)
  for (const path of sources.envFiles) collector.envFile(path)
  return collector.entries
}

export const isUtf8 = (text: string): boolean => !/[\udc80-\udcff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''))
export const base64 = (text: string): string => base64FromBytes(bytesFromText(text))

/** `data` and `binaryData` of a ConfigMap. */
export function configMapData(entries: DataEntries): { data?: Record<string, string>; binaryData?: Record<string, string> } {
  const data: Record<string, string> = {}
  const binaryData: Record<string, string> = {}
  for (const [key, value] of entries) {
    if (isUtf8(value)) data[key] = value
    else binaryData[key] = base64(value)
  }
  return { ...(Object.keys(data).length > 0 ? { data } : {}), ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}) }
}

/** `data` of a Secret. */
export function secretData(entries: DataEntries): { data?: Record<string, string> } {
  const data = Object.fromEntries([...entries].map(([key, value]) => [key, base64(value)]))
  return entries.size > 0 ? { data } : {}
}
