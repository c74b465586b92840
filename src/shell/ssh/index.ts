/** `ssh NODE [COMMAND]`: a shell on a node of the cluster (OpenSSH 9's messages), for those who administer it. */
import { SERVER_USER } from '../../apiserver/server.ts'
import type { KubectlRun } from '../../kubectl/contract.ts'
import { machineOf } from '../../node/machine/index.ts'
import type { CommandOutcome, ExternalCall } from '../../script/contract.ts'
import { complain, type Desk, type PromptVerb } from '../contract.ts'
import { RemoteShell } from './remote-shell.ts'

/** A machine that is off does not answer ARP; one that is cut off swallows packets until TCP gives up. */
const NO_ROUTE_MS = 3_000
const TIMEOUT_MS = 130_000

const VALUED = new Set(['-l', '-p', '-o', '-i', '-F', '-J', '-c', '-b', '-E', '-S', '-W', '-w', '-L', '-R', '-D'])

interface Destination {
  readonly host: string
  readonly command?: string
}

function parse(words: readonly string[]): Destination | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (VALUED.has(word)) i++
    else if (!word.startsWith('-')) {
      const command = words.slice(i + 1).join(' ')
      return { host: word.replace(/^[^@]*@/, ''), ...(command !== '' && { command }) }
    }
  }
  return undefined
}

function nodeOf({ session }: Desk, host: string): string | undefined {
  const { fleet } = session.world
  return fleet.nodes.find((n) => n === host || fleet.specification(n)!.ip === host)
}

/** Those whom RBAC lets do everything, and those whose level lets them act for one who may. */
function mayLogIn({ session }: Desk): boolean {
  const { user } = session.options
  if (user === undefined || user.groups.includes('system:masters')) return true
  const { world } = session
  if (world.cluster.read.list('clusterroles.rbac.authorization.k8s.io').some((r) => r.metadata.name.startsWith('lab:as-'))) return true
  const answer = world.handle({
    verb: 'create',
    group: 'authorization.k8s.io',
    version: 'v1',
    resource: 'subjectaccessreviews',
    user: SERVER_USER,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: user.name, groups: [...user.groups], resourceAttributes: { verb: '*', group: '*', resource: '*' } },
    },
  })
  return (answer.body as { status?: { allowed?: boolean } }).status?.allowed === true
}

function* unreachable(node: string, off: boolean): KubectlRun {
  yield { sleepMs: off ? NO_ROUTE_MS : TIMEOUT_MS }
  yield { err: `ssh: connect to host ${node} port 22: ${off ? 'No route to host' : 'Connection timed out'}\n` }
  return 255
}

function* connected(desk: Desk, node: string, host: string, shell: RemoteShell, terminal: boolean): KubectlRun {
  const { world } = desk.session
  for (;;) {
    for (const chunk of shell.take()) yield terminal || chunk.fd === 1 ? { out: chunk.text } : { err: chunk.text }
    if (shell.lost()) {
      yield {
        err: world.fleet.power(node)?.on ? 'client_loop: send disconnect: Broken pipe\n' : `Connection to ${host} closed by remote host.\n`,
      }
      return 255
    }
    if (shell.exitCode !== undefined) break
    const timeoutMs = shell.wakeAtMs === undefined ? undefined : Math.max(shell.wakeAtMs - world.nowMs, 0)
    const until = (): boolean => shell.ready()
    const wait = { until, ...(timeoutMs !== undefined && { timeoutMs }) }
    yield terminal ? { attach: { stream: shell, tty: true, ...wait } } : wait
  }
  if (terminal) yield { err: `logout\nConnection to ${host} closed.\n` }
  return shell.exitCode
}

function run(call: ExternalCall, desk: Desk): CommandOutcome | KubectlRun {
  const asked = parse(call.argv.slice(1))
  if (asked === undefined) return complain('usage: ssh [-l user] [-o option] destination [command [argument ...]]', 255)
  const { host } = asked
  const { session } = desk
  const node = nodeOf(desk, host)
  if (node === undefined) return complain(`ssh: Could not resolve hostname ${host}: Name or service not known`, 255)
  if (!session.world.fleet.nodeIsUp(node)) return unreachable(host, session.world.fleet.power(node)?.on !== true)
  if (!mayLogIn(desk)) return complain(`root@${host}: Permission denied (publickey).`, 255)
  // A person's terminal would be read to its end: only what is not typed comes along.
  const stdin = session.canEdit ? '' : call.stdin()
  const command = asked.command ?? (stdin === '' ? undefined : stdin)
  const machine = machineOf(session.world.fleet, session.world.network, node)!
  const shell = new RemoteShell(session.world, machine, {
    ...(command !== undefined && { command }),
    ...(asked.command !== undefined && { stdin }),
    spend: (steps) => session.spend(steps),
  })
  return connected(desk, node, host, shell, command === undefined)
}

export const sshVerb: PromptVerb = {
  names: ['ssh'],
  usage: 'ssh NODE [COMMAND]',
  summary: {
    en: 'a shell on a node: crictl, systemctl, journalctl, ip, iptables…',
    es: 'una shell en un nodo: crictl, systemctl, journalctl, ip, iptables…',
  },
  completes: (desk) => desk.session.world.fleet.nodes,
  run,
}
