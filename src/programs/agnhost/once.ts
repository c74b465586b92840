/** Subcommands of agnhost that print something and end: `connect`, `dns-suffix`, `dns-server-list`, `etc-hosts`, `entrypoint-tester`. */
import { readText } from '../text/files.ts'
import { type Call, duration, type Subcommand, string } from './contract.ts'

/** Without a timeout the kernel gives up after its retries of SYN. */
const KERNEL_TIMEOUT_MS = 130_000

const failed = (stderr: string) => ({ exitCode: 1, stderr: `${stderr}\n` })

function connectTo({ ctx, flags, args }: Call) {
  const target = args[0]!
  const protocol = flags.text('protocol')
  if (protocol === 'udp' || protocol === 'sctp') return failed(`UNKNOWN: clusterlab: ${protocol} is not simulated`)
  if (protocol !== '' && protocol !== 'tcp') return failed('Unsupported protocol')
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(target)
  if (match === null)
    return failed(`UNKNOWN: address ${target}: ${target.includes(':') ? 'too many colons in address' : 'missing port in address'}`)
  const host = match[1] ?? match[2]!
  const result = ctx.dial({ host, port: Number(match[3]), protocol: 'tcp', timeoutMs: flags.durationMs('timeout') || KERNEL_TIMEOUT_MS })
  if (result.ok) return { exitCode: 0 }
  if (result.failure.startsWith('dns')) return failed(`DNS: lookup ${host}: no such host`)
  if (result.failure === 'timeout') return failed('TIMEOUT')
  if (result.failure === 'refused') return failed('REFUSED')
  return failed(`OTHER: dial tcp ${target}: connect: ${result.failure === 'no-route' ? 'no route to host' : 'connection reset by peer'}`)
}

const connect: Subcommand = {
  name: 'connect',
  words: { count: 1, exact: true },
  flags: { timeout: duration(), protocol: string('tcp'), 'udp-data': string('hostname'), 'sctp-data': string('hostname') },
  once: connectTo,
}

const resolvConf = (call: Call, key: string): string[] =>
  (readText(call.ctx.files, '/etc/resolv.conf') ?? '')
    .split('\n')
    .filter((line) => line.startsWith(`${key} `))
    .flatMap((line) => line.split(/\s+/).slice(1))

const printed = (name: string, text: (call: Call) => string): Subcommand => ({
  name,
  flags: {},
  once: (call) => ({ exitCode: 0, stdout: text(call) }),
})

/** Prints all it was called with, flags that it does not know among them. */
const entrypointTester: Subcommand = { ...printed('entrypoint-tester', ({ argv }) => `[${argv.join(' ')}]\n`), words: { count: 1000 } }

export const onceCommands: readonly Subcommand[] = [
  connect,
  printed('dns-suffix', (call) => `${resolvConf(call, 'search').join(',')}\n`),
  printed('dns-server-list', (call) => `${resolvConf(call, 'nameserver').join(',')}\n`),
  printed('etc-hosts', (call) => `${readText(call.ctx.files, '/etc/hosts') ?? ''}\n`),
  entrypointTester,
]
