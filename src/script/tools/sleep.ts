/** sleep(1), on virtual time. */
import type { Tool } from '../contract.ts'

/** Milliseconds of `5`, `0.5s`, `2m`, `1h`, `1d`, `infinity`; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  if (text === 'infinity' || text === 'inf') return 1e15
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * 1000 * { s: 1, m: 60, h: 3600, d: 86_400, '': 1 }[match[2] as 's']
}

export const sleep: Tool = {
  names: ['sleep', 'usleep'],
  start(ctx) {
    if (ctx.argv.length < 2)
      return { done: true, exitCode: 1, stderr: "sleep: missing operand\nTry 'sleep --help' for more information.\n" }
    let total = 0
    for (const word of ctx.argv.slice(1)) {
      const ms = durationMs(word)
      if (ms === undefined)
        return {
          done: true,
          exitCode: 1,
          stderr:
            ctx.shellName === 'bash'
              ? `sleep: invalid time interval ‘${word}’\nTry 'sleep --help' for more information.\n`
              : `sleep: invalid number '${word}'\n`,
        }
      total += ctx.argv[0] === 'usleep' ? ms / 1_000_000 : ms
    }
    return { done: false, state: null, want: { kind: 'sleep', untilMs: ctx.now() + total } }
  },
  resume: () => ({ done: true }),
}
