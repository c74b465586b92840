/** `trace URL`: the way of one request from the office PC, hop by hop, as the network really takes it. */
import type { Hop, Origin } from '../../network/contract.ts'
import { trace } from '../../network/trace.ts'
import { complain, type PromptVerb, say } from '../contract.ts'
import { text } from '../texts.ts'
import { wrapText } from '../wrap.ts'

export const OFFICE_PC: Origin = { kind: 'outside', name: 'office-pc', ip: '192.168.0.200' }

const TIMEOUT_MS = 30_000

const hopText = (hop: Hop): string => wrapText(`${hop.ok ? '✓' : '✗'} ${hop.layer.padEnd(9)} ${hop.at}: ${hop.detail}`, 12)

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
    // A request may write (a login, a counter): what a trace leaves behind is wiped.
    const told = session.world.peek(() => trace(session.world.network, OFFICE_PC, { url, timeoutMs: TIMEOUT_MS }))
    if (told === undefined) return complain(text(lang, 'traceBadUrl', { url }), 2)
    return say([text(lang, 'traceFrom', { url }), ...told.hops.map(hopText), wrapText(told.verdict)].join('\n'), told.result.ok ? 0 : 1)
  },
}
