/** The command line of Kafka's tools, and the connection each of them begins with. */
import type { ProcessContext } from '../contract.ts'
import { KafkaClient, NoBootstrapError } from './client.ts'
import type { ClientMetadata } from './contract.ts'
import { line } from './messages.ts'

export interface Result {
  readonly exitCode: number
  readonly stdout?: string
  readonly stderr?: string
}

/** `--name value`, `--name=value` and flags; an option may be given more than once. Undefined: a word that is none of them. */
export function readOptions(
  argv: readonly string[],
  valued: readonly string[],
  flags: readonly string[],
): { given: Map<string, string[]>; unknown?: string } {
  const given = new Map<string, string[]>()
  for (let i = 1; i < argv.length; i++) {
    const [, name = '', joined] = /^--([\w.-]+)(?:=(.*))?$/s.exec(argv[i]!) ?? []
    if (valued.includes(name)) given.set(name, [...(given.get(name) ?? []), joined ?? argv[++i] ?? ''])
    else if (flags.includes(name)) given.set(name, [])
    else return { given, unknown: argv[i]! }
  }
  return { given }
}

/** Runs what needs the cluster's metadata. `call` is what an admin client says it could not do. */
export function connected(
  ctx: ProcessContext,
  servers: string | undefined,
  what: { readonly client: string; readonly call: string; readonly error: string; readonly logger: string },
  run: (client: KafkaClient, metadata: ClientMetadata) => Result,
): Result {
  if (servers === undefined) return { exitCode: 1, stderr: 'Missing required argument "[bootstrap-server]"\n' }
  let client: KafkaClient
  try {
    client = new KafkaClient(ctx, servers, what.client)
  } catch (error) {
    if (!(error instanceof NoBootstrapError)) throw error
    return {
      exitCode: 1,
      stderr: `Exception in thread "main" org.apache.kafka.common.KafkaException: Failed to create new KafkaAdminClient\nCaused by: org.apache.kafka.common.config.ConfigException: ${error.message}\n`,
    }
  }
  const metadata = client.metadata()
  const notes = (): string => client.lines.map((l) => `${l}\n`).join('')
  if (metadata === undefined) {
    const text = `Timed out waiting for a node assignment. Call: ${what.call}`
    return {
      exitCode: 1,
      stdout: `${what.error} : ${text}\n`,
      stderr: `${notes()}${line(ctx.nowMs, 'ERROR', `org.apache.kafka.common.errors.TimeoutException: ${text}\n`, what.logger)}\n`,
    }
  }
  const done = run(client, metadata)
  return { ...done, stderr: notes() + (done.stderr ?? '') }
}
