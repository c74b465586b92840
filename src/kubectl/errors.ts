/**
 * The errors of a command and how kubectl words them on standard error (cmd/util's CheckErr, fatal and messageForError).
 */
import { ApiError, type Status, type StatusCause } from '../api/errors.ts'
import { ConnectionError } from './contract.ts'

/** A failure of kubectl's own: `error: MESSAGE`, exit code 1 unless given. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  constructor(
    message: string,
    readonly exitCode = 1,
    /** Printed as it is, without `error: `. */
    readonly bare = false,
  ) {
    super(message)
  }
}

/** Several failures, each told on a line of its own. */
export class AggregateFailure extends Error {
  override readonly name = 'AggregateFailure'
  constructor(readonly failures: readonly unknown[]) {
    super(failures.map(messageOf).join('\n'))
  }
}

/** Ends the command with this code and says no more. */
export class Exit extends Error {
  override readonly name = 'Exit'
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`)
  }
}

/** `MESSAGE` and the line that points at the verb's help. */
export const usageError = (verbPath: string, message: string): CommandError =>
  new CommandError(`${message}\nSee '${verbPath} -h' for help and examples`)

/** What Go's `err.Error()` would give. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The status's own words with a source put in front, as AddSourceToErr does; other errors become plain ones. */
export function addSource(doing: string, source: string, error: unknown): unknown {
  if (source === '') return error
  if (error instanceof ApiError)
    return new ApiError({ ...error.status, message: `error when ${doing} ${JSON.stringify(source)}: ${error.status.message ?? ''}` })
  return new CommandError(`error when ${doing} ${JSON.stringify(source)}: ${messageOf(error)}`)
}

/** The status's own words with a prefix, the status kept. */
export const prefixed = (prefix: string, error: unknown): unknown =>
  error instanceof ApiError
    ? new ApiError({ ...error.status, message: `${prefix}${error.status.message ?? ''}` })
    : new CommandError(`${prefix}${messageOf(error)}`)

const hostOf = (server: string): string => server.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '')

function standardMessage(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    const { reason, message } = error.status
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message ?? ''})`
    return reason === undefined || reason === '' ? `Error from server: ${message ?? ''}` : `Error from server (${reason}): ${message ?? ''}`
  }
  if (error instanceof ConnectionError) {
    if (error.why === 'refused')
      return `The connection to the server ${hostOf(error.server)} was refused - did you specify the right host or port?`
    return `Unable to connect to the server: ${error.message}`
  }
  return undefined
}

const inAggregate = (error: unknown): string => standardMessage(error) ?? messageOf(error)

function causesText(prefix: string, causes: readonly StatusCause[]): string {
  const lines = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))]
  return lines.length === 1 ? `${prefix}${lines[0]}` : `${prefix}\n${lines.map((line) => `* ${line}`).join('\n')}`
}

function invalidText(status: Status): string {
  const details = status.details
  if (details === undefined) return status.message ? `The request is invalid: ${status.message}` : 'The request is invalid'
  const causes = details.causes ?? []
  const told = Boolean(details.kind) || Boolean(details.name)
  if (told) {
    const head = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`
    return causes.length > 0 ? causesText(`${head}: `, causes) : head
  }
  if (causes.length > 0) return causesText('The request is invalid: ', causes)
  return status.message ? `The request is invalid: ${status.message}` : 'The request is invalid'
}

/** What a failed command prints, newline included, and its exit code. */
export function failureText(error: unknown): { text: string; exitCode: number } {
  if (error instanceof Exit) return { text: '', exitCode: error.exitCode }
  if (error instanceof AggregateFailure) {
    const flat = flatten(error.failures)
    if (flat.length === 1) return failureText(flat[0])
    return { text: flat.map((e) => `${inAggregate(e)}\n`).join(''), exitCode: 1 }
  }
  if (error instanceof ApiError && error.status.reason === 'Invalid') return { text: `${invalidText(error.status)}\n`, exitCode: 1 }
  const standard = standardMessage(error)
  if (standard !== undefined) return { text: `${standard}\n`, exitCode: 1 }
  const message = messageOf(error)
  const bare = (error instanceof CommandError && error.bare) || message.startsWith('error: ')
  const exitCode = error instanceof CommandError ? error.exitCode : 1
  return { text: `${bare ? message : `error: ${message}`}${message.endsWith('\n') ? '' : '\n'}`, exitCode }
}

function flatten(failures: readonly unknown[]): unknown[] {
  return failures.flatMap((e) => (e instanceof AggregateFailure ? flatten(e.failures) : [e]))
}

/** Throws what was gathered: nothing, the one, or all of them. */
export function throwAll(failures: readonly unknown[]): void {
  const flat = flatten(failures)
  if (flat.length === 1) throw flat[0]
  if (flat.length > 1) throw new AggregateFailure(flat)
}

/** Errors that the command line is to report; anything else is a bug and passes through. */
export const isReportable = (error: unknown): boolean =>
  error instanceof CommandError ||
  error instanceof ApiError ||
  error instanceof ConnectionError ||
  error instanceof AggregateFailure ||
  error instanceof Exit
