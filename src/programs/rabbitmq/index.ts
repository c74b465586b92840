/**
 * RabbitMQ 3.13 and 4, one node: users, queues durable or not, messages persistent or not, the management API and its tools, the memory alarm. Its data lies
 * under the node's name, which is the host's: a pod that comes back under another name finds nothing. Clustering, exchanges and AMQP clients are not simulated.
 */

import type { HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { isOwnPod, slowdown } from '../text/context.ts'
import { readText, writeText } from '../text/files.ts'
import { dashedTime } from '../text/times.ts'
import { isBlocked, manage, watermarkBytes } from './api.ts'
import { CTL_PORT, type CtlAnswer, rabbitmqadmin, rabbitmqctl } from './commands.ts'
import { hashOf, type Queue, type State, usedBytes } from './contract.ts'

const START_MS = 6_000
const AMQP_PORT = 5672
const API_PORT = 15_672
const PLUGINS = '/etc/rabbitmq/enabled_plugins'
const DEPRECATED = [
  'RABBITMQ_VM_MEMORY_HIGH_WATERMARK',
  'RABBITMQ_SSL_CACERTFILE',
  'RABBITMQ_SSL_CERTFILE',
  'RABBITMQ_SSL_KEYFILE',
  'RABBITMQ_DEFAULT_PASS_FILE',
  'RABBITMQ_DEFAULT_USER_FILE',
]

const log = (ctx: ProcessContext, level: string, text: string): void =>
  ctx.log(`${dashedTime(ctx.nowMs)}.${String(Math.floor(ctx.nowMs) % 1000).padStart(3, '0')}000+00:00 [${level}] <0.9.0> ${text}`)
const fileOf = (s: State): string => `${s.directory}/definitions.json`

function start(ctx: ProcessContext): State {
  const major = Number((ctx.env['RABBITMQ_VERSION'] ?? '4').split('.')[0])
  const conf = readText(ctx.files, '/etc/rabbitmq/rabbitmq.conf') ?? ''
  const share = Number(/^\s*vm_memory_high_watermark\.relative\s*=\s*([\d.]+)/m.exec(conf)?.[1] ?? (major >= 4 ? 0.6 : 0.4))
  const node = ctx.env['RABBITMQ_NODENAME'] ?? `rabbit@${ctx.hostname}`
  const state: State = {
    phase: 'starting',
    directory: `/var/lib/rabbitmq/mnesia/${node}`,
    node,
    management: (readText(ctx.files, PLUGINS) ?? '').includes('rabbitmq_management'),
    watermark: share,
    users: {},
    queues: {},
  }
  const wrong = DEPRECATED.filter((name) => ctx.env[name])
  if (wrong.length > 0) {
    for (const name of wrong) ctx.log(`error: ${name} is set but deprecated`, 'stderr')
    ctx.log(
      'error: deprecated environment variables detected\n\nPlease use a configuration file instead; visit https://www.rabbitmq.com/configure.html to learn more',
      'stderr',
    )
    ctx.exit(1)
    return { ...state, phase: 'stopped' }
  }
  ctx.memory(usedBytes(state))
  ctx.cpu(700)
  ctx.timer('start', START_MS * slowdown(ctx))
  return state
}

/** What survives an end: users, durable queues and their persistent messages. Throws FileError. */
function keep(s: State, ctx: ProcessContext): void {
  const queues = Object.fromEntries(
    Object.entries(s.queues)
      .filter(([, q]) => q.durable)
      .map(([name, q]) => [name, { ...q, messages: q.messages.filter((m) => m.persistent) }]),
  )
  writeText(ctx.files, fileOf(s), JSON.stringify({ users: s.users, queues }))
}

function failed(s: State, error: FileError, ctx: ProcessContext): State {
  log(ctx, 'error', `Failed to write to ${s.directory}: ${error.message}`)
  ctx.exit(1)
  return { ...s, phase: 'stopped' }
}

function up(s: State, ctx: ProcessContext): State {
  const text = readText(ctx.files, fileOf(s))
  const kept = text === undefined ? undefined : (JSON.parse(text) as { users: Record<string, string>; queues: Record<string, Queue> })
  // The first user is made in an empty directory only.
  const users = kept?.users ?? { [ctx.env['RABBITMQ_DEFAULT_USER'] || 'guest']: hashOf(ctx.env['RABBITMQ_DEFAULT_PASS'] || 'guest') }
  const state: State = { ...s, phase: 'up', users, queues: kept?.queues ?? {} }
  keep(state, ctx)
  for (const port of [AMQP_PORT, CTL_PORT, ...(s.management ? [API_PORT] : [])]) ctx.listen(port)
  log(ctx, 'info', ` node           : ${s.node}`)
  if (kept === undefined)
    log(ctx, 'info', 'Database directory is empty. Assuming we need to join an existing cluster or initialise from scratch...')
  const limit = watermarkBytes(state, ctx)
  if (limit !== undefined) log(ctx, 'info', `Memory high watermark set to ${Math.floor(limit / 1048576)} MiB (${Math.floor(limit)} bytes)`)
  log(ctx, 'info', 'Server startup complete; 4 plugins started.')
  ctx.cpu(8)
  ctx.memory(usedBytes(state))
  return state
}

function control(s: State, [verb = '', ...args]: readonly string[], ctx: ProcessContext): { state: State; answer: CtlAnswer } {
  const fine = (text: string, state = s): { state: State; answer: CtlAnswer } => ({ state, answer: { exitCode: 0, text } })
  switch (verb) {
    case 'ping':
      return fine(
        `Will ping ${s.node}. This only checks if the OS process is running and registered with epmd. Timeout: 60000 ms.\nPing succeeded\n`,
      )
    case 'status':
    case 'check_running':
    case 'check_local_alarms':
      if (verb === 'check_local_alarms' && isBlocked(s, ctx))
        return { state: s, answer: { exitCode: 69, text: `Error:\nThere are alarms in effect on node ${s.node}: memory\n` } }
      return fine(
        verb === 'status'
          ? `Status of node ${s.node} ...\nRuntime\n\nRabbitMQ version: ${ctx.env['RABBITMQ_VERSION'] ?? '4.1.4'}\n\nAlarms\n\n${isBlocked(s, ctx) ? `Memory alarm on node ${s.node}\n` : '(none)\n'}`
          : `RabbitMQ on node ${s.node} is fully booted and running\n`,
      )
    case 'list_queues':
      return fine(
        `Timeout: 60.0 seconds ...\nListing queues for vhost / ...\nname\tmessages\n${Object.entries(s.queues)
          .map(([n, q]) => `${n}\t${q.messages.length}\n`)
          .join('')}`,
      )
    case 'list_users':
      return fine(
        `Listing users ...\nuser\ttags\n${Object.keys(s.users)
          .map((u) => `${u}\t[administrator]\n`)
          .join('')}`,
      )
    case 'add_user':
    case 'change_password':
      if (verb === 'add_user' && s.users[args[0] ?? ''] !== undefined)
        return { state: s, answer: { exitCode: 70, text: `Error:\nUser "${args[0]}" already exists\n` } }
      return fine(`${verb === 'add_user' ? `Adding user "${args[0]}"` : `Changing password for user "${args[0]}"`} ...\n`, {
        ...s,
        users: { ...s.users, [args[0] ?? '']: hashOf(args[1] ?? '') },
      })
    case 'set_vm_memory_high_watermark':
      return fine(`Setting memory threshold on ${s.node} to ${args[0]} ...\n`, { ...s, watermark: Number(args[0]) })
    default:
      return {
        state: s,
        answer: {
          exitCode: 64,
          text: `clusterlab simulates of rabbitmqctl: status, ping, check_running, check_local_alarms, list_queues, list_users, add_user, change_password, set_vm_memory_high_watermark\n`,
        },
      }
  }
}

/** A change, kept before it is answered; an alarm that begins or ends is told. */
function settled(before: State, after: State, ctx: ProcessContext): State {
  if (after === before) return before
  keep(after, ctx)
  ctx.memory(usedBytes(after))
  if (isBlocked(after, ctx) !== isBlocked(before, ctx))
    log(
      ctx,
      'warning',
      isBlocked(after, ctx)
        ? `memory resource limit alarm set on node '${after.node}'.\n\n*** Publishers will be blocked until this alarm clears ***`
        : `memory resource limit alarm cleared on node '${after.node}'`,
    )
  return after
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.port === CTL_PORT && event.protocol === 'rabbit-ctl' && isOwnPod(event.sourceIp, ctx)) {
    const done = control(s, event.payload as readonly string[], ctx)
    const state = settled(s, done.state, ctx)
    ctx.reply(done.answer, 300)
    return state
  }
  if (event.port !== API_PORT || event.protocol !== 'http') {
    ctx.reset()
    return s
  }
  const done = manage(s, event.payload as HttpRequest, event.sourceIp, ctx)
  const state = settled(s, done.state, ctx)
  if (done.reply === undefined) ctx.hang()
  else ctx.reply(done.reply, 3)
  return state
}

export const rabbitmq: Program<State> = {
  name: 'rabbitmq',
  executables: ['rabbitmq-server'],
  commands: [rabbitmqctl, rabbitmqadmin],
  start,
  on(s, event, ctx) {
    try {
      if (event.type === 'timer') return up(s, ctx)
      if (event.type === 'request') return request(s, event, ctx)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      if (event.type === 'request') ctx.reset()
      return failed(s, error, ctx)
    }
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) {
      log(ctx, 'info', 'Successfully stopped RabbitMQ and its dependencies')
      ctx.exit(0)
    }
    return s
  },
}

export const rabbitmqImage: ImageRecord = {
  repositories: ['rabbitmq'],
  version: versions({
    latest: '4.1.4',
    series: { '3.12': 14, '3.13': 7, '4.0': 9, '4.1': 4 },
    variants: ['alpine', 'management', 'management-alpine'],
  }),
  scriptRuns: 'rabbitmq-server',
  image: (version, tag) => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['rabbitmq-server'],
    env: { RABBITMQ_VERSION: version },
    exposedPorts: [4369, 5671, AMQP_PORT, 15_691, CTL_PORT],
    sizeBytes: 105 * MB,
    base: tag.includes('alpine') ? 'busybox' : 'debian',
    users: { rabbitmq: [999, 999] },
    owned: { '/var/lib/rabbitmq': 'rabbitmq' },
    serves: 'rabbitmq',
    executables: ['rabbitmq-server', 'rabbitmqctl', 'rabbitmq-diagnostics', ...(tag.includes('management') ? ['rabbitmqadmin'] : [])],
    files: {
      '/var/lib/rabbitmq/.keep': '',
      [PLUGINS]: tag.includes('management') ? '[rabbitmq_management,rabbitmq_prometheus].\n' : '[rabbitmq_prometheus].\n',
    },
  }),
}
