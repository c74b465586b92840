/** `trace URL`: the way of one request from the office PC, hop by hop, as the network really takes it. */
import type { Hop, HttpReply, HttpRequest, Origin } from '../../network/contract.ts'
import { complain, type PromptVerb, say } from '../contract.ts'
import { text } from '../texts.ts'

export const OFFICE_PC: Origin = { kind: 'outside', name: 'office-pc', ip: '192.168.0.200' }

interface Goal {
  readonly host: string
  readonly port: number
  readonly request: HttpRequest | undefined
}

function goalOf(url: string): Goal | undefined {
  const m = /^(?:(https?|tcp):\/\/)?([\w.-]+)(?::(\d{1,5}))?(\/.*)?$/.exec(url)
  if (!m) return undefined
  const [, scheme = m[3] !== undefined && m[4] === undefined && m[3] !== '80' ? 'tcp' : 'http', host = '', portText, path = '/'] = m
  const port = portText === undefined ? (scheme === 'https' ? 443 : 80) : Number(portText)
  if (port < 1 || port > 65_535) return undefined
  if (scheme === 'tcp') return { host, port, request: undefined }
  const request: HttpRequest = {
    method: 'GET',
    path,
    host,
    headers: { accept: '*/*' },
    ...(scheme === 'https' && { tls: { serverName: host, insecure: true } }),
  }
  return { host, port, request }
}

const hopText = (hop: Hop): string => `${hop.ok ? '✓' : '✗'} ${hop.layer.padEnd(9)} ${hop.at}: ${hop.detail}`

export const traceVerb: PromptVerb = {
  names: ['trace'],
  usage: 'trace URL',
  summary: {
    en: 'the way of a request, hop by hop, from the office PC',
    es: 'el camino de una petición, salto a salto, desde el PC de la oficina',
  },
  run: (call, { lang, session }) => {
    const url = call.argv[1]
    if (url === undefined) return complain(text(lang, 'traceUsage'), 2)
    const goal = goalOf(url)
    if (goal === undefined) return complain(text(lang, 'traceBadUrl', { url }), 2)
    const hops: Hop[] = []
    const { network } = session.world
    // A request may write (a login, a counter): what a trace leaves behind is wiped.
    const result = session.world.peek(() =>
      network.dial(OFFICE_PC, {
        host: goal.host,
        port: goal.port,
        protocol: goal.request ? 'http' : 'tcp',
        ...(goal.request && { payload: goal.request }),
        timeoutMs: 10_000,
        trace: hops,
      }),
    )
    const ms = Math.max(1, Math.round(result.latencyMs))
    const status = result.ok && goal.request ? (result.reply as HttpReply).status : undefined
    const end = !result.ok
      ? text(lang, 'traceFailed', { message: result.message })
      : status !== undefined
        ? text(lang, 'traceAnswer', { status, ms })
        : text(lang, 'traceConnected', { ms })
    return say([text(lang, 'traceFrom', { url }), ...hops.map(hopText), end].join('\n'), result.ok && (status ?? 200) < 500 ? 0 : 1)
  },
}
