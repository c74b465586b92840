/** Faults on a free cluster. */
import { applyFault, FaultError, type FaultTarget, faults } from '../../cluster/faults/index.ts'
import { componentNames } from '../../cluster/faults/on-components.ts'
import { complain, type Desk, type PromptVerb, say } from '../contract.ts'
import { text } from '../texts.ts'

/** `node/node-b`, `pod/web-1`, `app=web`, `nodeof/app=web`, `link/node-a,node-b`, `component/nfs`. */
function targetOf(words: string, desk: Desk): FaultTarget | undefined {
  const component = /^components?\/(.+)$/.exec(words)
  if (component) return { component: component[1]! }
  const link = /^links?\/([^,]+)(?:,(.+))?$/.exec(words)
  if (link) return { link: { from: link[1]!, ...(link[2] !== undefined && { to: link[2] }) } }
  const nodeOf = /^nodeof\/(.+)$/i.exec(words)
  if (nodeOf) {
    const labels = labelsOf(nodeOf[1]!)
    return labels && { nodeOf: labels }
  }
  const node = /^nodes?\/(.+)$/.exec(words)
  if (node) return { node: node[1]! }
  const pod = /^(?:pods?|po)\/(.+)$/.exec(words)
  const namespace = desk.session.options.namespace ?? 'default'
  if (pod) return { pods: {}, namespace, name: pod[1]! }
  const labels = labelsOf(words)
  return labels && { pods: labels }
}

/** A pod that is named and is not there. */
function missingPod(words: string, { session }: Desk): string | undefined {
  const name = /^(?:pods?|po)\/(.+)$/.exec(words)?.[1]
  const namespace = session.options.namespace ?? 'default'
  if (name === undefined || session.world.cluster.read.get('pods', namespace, name) !== undefined) return undefined
  return `there is no pod "${name}" in namespace "${namespace}"`
}

function labelsOf(words: string): Record<string, string> | undefined {
  const pairs = words.split(',').map((p) => p.split('='))
  return pairs.every((p) => p.length === 2 && p[0] !== '') ? Object.fromEntries(pairs as [string, string][]) : undefined
}

/** One line a kind, with the targets it goes for. */
const faultList = (): string =>
  faults
    .map((f) => {
      const targets = [
        ...(f.node ? ['node/NAME', 'nodeof/LABEL=VALUE'] : []),
        ...(f.pod ? ['pod/NAME', 'LABEL=VALUE'] : []),
        ...(f.link ? ['link/FROM[,TO]'] : []),
        ...(f.component ? [`component/${componentNames().join('|')}`] : []),
      ]
      const end = f.endedBy === undefined ? '' : `   (taken back by: ${f.endedBy})`
      return `  ${f.kind.padEnd(16)} ${targets.join(', ')}${f.amount === undefined ? '' : ` ${f.amount}`}${end}\n`
    })
    .join('')

export const faultVerb: PromptVerb = {
  names: ['fault'],
  usage: 'fault KIND TARGET [AMOUNT]',
  summary: {
    en: 'breaks something, or mends it; `fault help` lists what there is',
    es: 'rompe algo, o lo repara; `fault help` dice qué hay',
  },
  sandboxOnly: true,
  completes: (desk) => [
    ...faults.map((f) => f.kind),
    'help',
    ...desk.session.world.fleet.nodes.map((n) => `node/${n}`),
    ...componentNames().map((c) => `component/${c}`),
  ],
  run: (call, desk) => {
    const { lang, session } = desk
    const [, kind, words, amount] = call.argv
    if (kind === 'help' || kind === '--help' || kind === '-h') return say(`fault KIND TARGET [AMOUNT]\n${faultList()}`)
    const kinds = faults.map((f) => f.kind).join(', ')
    const missing = words === undefined ? undefined : missingPod(words, desk)
    if (missing !== undefined) return complain(`fault: ${missing}`)
    const target = words === undefined || call.argv.length > 4 ? undefined : targetOf(words, desk)
    if (kind === undefined || target === undefined) return complain(text(lang, 'faultUsage', { kinds }), 2)
    try {
      const hit = applyFault(session.world, { kind, target, ...(amount !== undefined && { amount }) })
      return hit.length === 0
        ? complain(text(lang, 'faultNothing', { target: words! }))
        : say(text(lang, 'faultHit', { kind, what: hit.join(', ') }))
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      return complain(`fault: ${error.message}`)
    }
  },
}
