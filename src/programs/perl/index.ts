/**
 * perl, as far as the Job of Kubernetes' own documentation needs it: `perl -Mbignum=bpi -wle "print bpi(2000)"` computes that many digits of π.
 * Everything else that perl is says that it is not simulated.
 */
import type { Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { digitsOfPi } from './pi.ts'

const PRINT_PI = /^\s*print\s+bpi\(\s*(\d{1,4})\s*\)\s*;?\s*$/
/** What a machine of today takes for bignum's arithmetic: measured for 2,000 digits, growing with their square. */
const COST_MS_2000 = 4_000
const MEMORY_BYTES = 12_000_000

/** The program text of `-e`, `-le`, `-wle`. */
function scriptOf(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => /^-[a-zA-Z]*[eE]$/.test(word))
  return at < 0 ? undefined : argv[at + 1]
}

export const perl: Program<{ digits: number }> = {
  name: 'perl',
  executables: ['perl'],
  start(ctx) {
    ctx.memory(MEMORY_BYTES)
    const script = scriptOf(ctx.argv)
    const asked = PRINT_PI.exec(script ?? '')
    if (asked !== null && ctx.argv.some((word) => word.startsWith('-Mbignum'))) {
      const digits = Number(asked[1])
      ctx.cpu(1000)
      ctx.timer('computed', Math.round(COST_MS_2000 * (digits / 2000) ** 2))
      return { digits }
    }
    ctx.log(`clusterlab: of perl only -Mbignum=bpi -wle 'print bpi(DIGITS)' is simulated, not: ${ctx.argv.slice(1).join(' ')}`, 'stderr')
    ctx.exit(2)
    return { digits: 0 }
  },
  on(state, event, ctx) {
    if (event.type === 'timer') {
      ctx.log(digitsOfPi(state.digits))
      ctx.exit(0)
    }
    if (event.type === 'signal' && event.signal === 'INT') ctx.exit(130)
    return state
  },
}

export const perlImage: ImageRecord = {
  repositories: ['perl'],
  version: (tag) => (/^(latest|slim|5(\.\d+){0,2}(-slim|-threaded)?)$/.test(tag) ? tag : undefined),
  image: () => ({
    entrypoint: [],
    cmd: ['perl', '-de0'],
    env: {},
    sizeBytes: 340 * MB,
    base: 'debian',
    executables: ['perl'],
  }),
}
