/** `rabbitmqctl`, `rabbitmq-diagnostics` and `rabbitmqadmin`. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ContainerCommand } from '../contract.ts'

/** Where the tools ask the node, protocol `rabbit-ctl`; Erlang's distribution in a real one. */
export const CTL_PORT = 25_672

export interface CtlAnswer {
  readonly exitCode: number
  readonly text: string
}

export const rabbitmqctl: ContainerCommand = {
  executables: ['rabbitmqctl', 'rabbitmq-diagnostics'],
  run({ argv, ctx }) {
    const words = argv.slice(1).filter((a) => !/^(-q|-s|--quiet|--silent|-n|--formatter=.*)$/.test(a))
    const result = ctx.dial({ host: '127.0.0.1', port: CTL_PORT, protocol: 'rabbit-ctl', payload: words, timeoutMs: 60_000 })
    if (!result.ok)
      return {
        exitCode: 69,
        stderr: `Error: unable to perform an operation on node 'rabbit@${ctx.hostname}'. Please see diagnostics information and suggestions below.\n`,
      }
    const { exitCode, text } = result.reply as CtlAnswer
    return exitCode === 0 ? { exitCode, stdout: text } : { exitCode, stderr: text }
  },
}

/** `rabbitmqadmin [-u U -p P] declare queue name=x durable=true | publish routing_key=x payload=y | get queue=x | list queues`. */
export const rabbitmqadmin: ContainerCommand = {
  executables: ['rabbitmqadmin'],
  run({ argv, ctx }) {
    const given: Record<string, string> = {}
    const words: string[] = []
    for (let i = 1; i < argv.length; i++) {
      const option = { '-u': 'user', '--username': 'user', '-p': 'password', '--password': 'password', '-H': 'host', '--host': 'host' }[
        argv[i]!
      ]
      if (option !== undefined) given[option] = argv[++i] ?? ''
      else if (argv[i]!.includes('=') && !argv[i]!.startsWith('--'))
        given[argv[i]!.slice(0, argv[i]!.indexOf('='))] = argv[i]!.slice(argv[i]!.indexOf('=') + 1)
      else words.push(argv[i]!)
    }
    let properties: unknown
    try {
      properties = JSON.parse(given['properties'] || '{}')
    } catch {
      return { exitCode: 1, stderr: `*** Could not parse properties: ${given['properties']} is no JSON\n` }
    }
    const host = given['host'] ?? '127.0.0.1'
    const name = encodeURIComponent(given['queue'] ?? given['name'] ?? '')
    const calls: Readonly<Record<string, readonly [method: string, path: string, body?: object]>> = {
      'declare queue': ['PUT', `/api/queues/%2F/${name}`, { durable: given['durable'] !== 'false' }],
      'delete queue': ['DELETE', `/api/queues/%2F/${name}`],
      publish: [
        'POST',
        '/api/exchanges/%2F/amq.default/publish',
        {
          routing_key: given['routing_key'],
          payload: given['payload'],
          properties,
        },
      ],
      get: ['POST', `/api/queues/%2F/${name}/get`, { count: Number(given['count'] ?? 1), ackmode: given['ackmode'] ?? 'ack_requeue_true' }],
      'list queues': ['GET', '/api/queues'],
    }
    const call = calls[words.join(' ')]
    if (call === undefined) return { exitCode: 1, stderr: `clusterlab simulates of rabbitmqadmin: ${Object.keys(calls).join(', ')}\n` }
    const [method, path, body] = call
    const auth = Buffer.from(`${given['user'] ?? 'guest'}:${given['password'] ?? 'guest'}`).toString('base64')
    const payload: HttpRequest = {
      method,
      path,
      host,
      headers: { authorization: `Basic ${auth}` },
      ...(body && { body: JSON.stringify(body) }),
    }
    const result = ctx.dial({ host, port: 15_672, protocol: 'http', payload, timeoutMs: 30_000 })
    if (!result.ok)
      return {
        exitCode: 1,
        stderr: `*** Could not connect: ${result.failure === 'timeout' ? 'timed out' : '[Errno 111] Connection refused'}\n`,
      }
    const reply = result.reply as HttpReply
    if (reply.status === 401) return { exitCode: 1, stderr: `*** Access refused: ${path}\n` }
    if (reply.status >= 400) return { exitCode: 1, stderr: `*** ${(JSON.parse(reply.body) as { reason: string }).reason}\n` }
    if (words[0] === 'get' || words[0] === 'list') {
      const rows = JSON.parse(reply.body) as readonly Readonly<Record<string, unknown>>[]
      return {
        exitCode: 0,
        stdout: rows.map((r) => `${words[0] === 'get' ? r['payload'] : `${r['name']}\t${r['messages']}`}\n`).join('') || 'No items\n',
      }
    }
    if (words[0] === 'publish')
      return {
        exitCode: 0,
        stdout: (JSON.parse(reply.body) as { routed: boolean }).routed ? 'Message published\n' : 'Message published but NOT routed\n',
      }
    return { exitCode: 0, stdout: `queue ${words[0] === 'delete' ? 'deleted' : 'declared'}\n` }
  },
}
