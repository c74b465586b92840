/** The remaining commands: faults on a free cluster, and programs that are not simulated and say what to use instead. */
import { applyFault, FaultError, type FaultTarget, faults } from '../../cluster/faults/index.ts'
import { complain, type Desk, type PromptVerb, say } from '../contract.ts'
import { text } from '../texts.ts'

/** `node/node-b`, `pod/web-1`, `app=web`. */
function targetOf(words: string, desk: Desk): FaultTarget | undefined {
  const node = /^nodes?\/(.+)$/.exec(words)
  if (node) return { node: node[1]! }
  const pod = /^(?:pods?|po)\/(.+)$/.exec(words)
  const namespace = desk.session.options.namespace ?? 'default'
  if (pod) {
    const labels = desk.session.world.cluster.read.get('pods', namespace, pod[1]!)?.metadata.labels
    return labels === undefined ? undefined : { pods: labels, namespace, count: 1 }
  }
  const pairs = words.split(',').map((p) => p.split('='))
  return pairs.every((p) => p.length === 2 && p[0] !== '') ? { pods: Object.fromEntries(pairs as [string, string][]) } : undefined
}

export const faultVerb: PromptVerb = {
  names: ['fault'],
  usage: 'fault KIND TARGET',
  summary: { en: 'breaks something: crash, start, cut, mend, kill, oom, hang', es: 'rompe algo: crash, start, cut, mend, kill, oom, hang' },
  sandboxOnly: true,
  completes: (desk) => [...faults.map((f) => f.kind), ...desk.session.world.fleet.nodes.map((n) => `node/${n}`)],
  run: (call, desk) => {
    const { lang, session } = desk
    const [, kind, words] = call.argv
    const kinds = faults.map((f) => f.kind).join(', ')
    const target = words === undefined ? undefined : targetOf(words, desk)
    if (kind === undefined || target === undefined) return complain(text(lang, 'faultUsage', { kinds }), 2)
    try {
      const hit = applyFault(session.world, { kind, target })
      return hit.length === 0
        ? complain(text(lang, 'faultNothing', { target: words! }))
        : say(text(lang, 'faultHit', { kind, what: hit.join(', ') }))
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      return complain(`fault: ${error.message}`)
    }
  },
}

export const helmVerb: PromptVerb = {
  names: ['helm'],
  usage: 'helm',
  summary: { en: 'not simulated yet', es: 'aún no simulado' },
  run: (_call, { lang }) => complain(text(lang, 'helm')),
}
