/** What a command of the program is given: the terminal's streams, the environment, the language; and the errors that end it with a code. */
import { readFileSync } from 'node:fs'
import type { Lang } from '../shell/contract.ts'

export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly lang: Lang
  /** `--lang` was given: machine formats speak it too. */
  readonly langGiven: boolean
  /** `--no-color` or NO_COLOR. */
  readonly noColour: boolean
}

/** Exit codes, as docs and INTERFACES have them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, error: 3 } as const

/** Ends the program with a message and a code; never a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError'
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

export const usageError = (message: string): CliError => new CliError(EXIT.usage, message)
export const inputError = (message: string): CliError => new CliError(EXIT.error, message)

/** `--seed`, where it was given. Throws CliError for one that no journal would hold. */
export function seedOption(options: Readonly<Record<string, unknown>>): string | undefined {
  const seed = options['seed']
  if (seed === undefined) return undefined
  if (typeof seed !== 'string' || !/^[\w.-]{1,64}$/.test(seed))
    throw usageError('--seed: letters, digits, ".", "_" and "-", at most 64 of them')
  return seed
}

/** A file that the person named. Throws CliError. */
export function readNamedFile(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw inputError(`${what} ${path}: ${plainReason(error)}`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on the device',
  EROFS: 'read-only file system',
}

/** Why a file operation failed, in a few words. */
export function plainReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return (code !== undefined && REASONS[code]) || (error instanceof Error ? error.message : String(error))
}
