/** `why OBJECT`: why something is as it is, from the cluster's state alone, ending in where to look next. */
import { errors } from '../../api/errors.ts'
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { storeResource } from '../../api/registry.ts'
import { complain, type Desk, type Lang, type PromptVerb, say } from '../contract.ts'
import { wrapText } from '../wrap.ts'
import { bad, type Explainer, type Finding, fine, type WhyContext } from './contract.ts'
import { warningNotes } from './events.ts'
import { claimExplainer, nodeExplainer } from './infrastructure.ts'
import { podExplainer } from './pod.ts'
import { ingressExplainer, serviceExplainer } from './service.ts'
import { daemonSetExplainer, deploymentExplainer, jobExplainer, replicaSetExplainer, statefulSetExplainer } from './workload.ts'

/** One line a kind; others are explained by their conditions and events. */
const explainers = new Map<string, Explainer>(
  [
    podExplainer,
    serviceExplainer,
    ingressExplainer,
    deploymentExplainer,
    replicaSetExplainer,
    statefulSetExplainer,
    daemonSetExplainer,
    jobExplainer,
    nodeExplainer,
    claimExplainer,
  ].map((e) => [e.resource, e as Explainer]),
)

const GOOD_WHEN_FALSE = /Pressure|Failure|Failed|Unavailable|Terminating/

/** What any object tells of itself. */
function generic(object: ApiObject): Finding[] {
  const conditions = (
    (object['status'] as { conditions?: { type: string; status: string; reason?: string; message?: string }[] } | undefined)?.conditions ??
    []
  ).filter((c) => (GOOD_WHEN_FALSE.test(c.type) ? c.status === 'True' : c.status === 'False'))
  const found = conditions.map((c) =>
    bad(
      `${c.type} is ${c.status}: ${c.reason ?? ''} ${c.message ?? ''}`.trim(),
      `${c.type} es ${c.status}: ${c.reason ?? ''} ${c.message ?? ''}`.trim(),
    ),
  )
  if (object.metadata.deletionTimestamp !== undefined)
    found.push(
      bad(
        `it is being deleted and waits for ${(object.metadata.finalizers ?? []).join(', ') || '–'}`,
        `se está borrando y espera a ${(object.metadata.finalizers ?? []).join(', ') || '–'}`,
      ),
    )
  return found
}

export function explain(kind: KindDefinition, object: ApiObject, context: WhyContext): Finding[] {
  const explainer = explainers.get(storeResource(kind))
  const found = explainer?.explain(object, context) ?? [...generic(object), ...warningNotes(object, context)]
  if (found.length > 0) return found
  const where = object.metadata.namespace === undefined ? '' : ` -n ${object.metadata.namespace}`
  return [
    fine(
      'nothing about it tells of trouble',
      'nada indica que tenga problemas',
      `kubectl describe ${kind.singular} ${object.metadata.name}${where}`,
    ),
  ]
}

const MARKS: Readonly<Record<Finding['kind'], string>> = { bad: '✗', note: '·', fine: '✓' }
const WORDS = {
  en: { usage: 'usage: why TYPE/NAME or why TYPE NAME    (as why pod/web-0)', next: 'Look next', noType: 'the cluster knows no type' },
  es: {
    usage: 'uso: why TIPO/NOMBRE o why TIPO NOMBRE    (como why pod/web-0)',
    next: 'Mira ahora',
    noType: 'el clúster no conoce el tipo',
  },
} satisfies Record<Lang, Record<string, string>>

interface Asked {
  readonly type: string
  readonly name: string
  readonly namespace: string
}

/** `pod/web`, `pod web`, a bare name (a pod's); `-n` before or after. */
function askedOf(args: readonly string[], namespace: string): Asked | undefined {
  const words: string[] = []
  let where = namespace
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '-n' || word === '--namespace') where = args[++i] ?? where
    else if (word.startsWith('-n') || word.startsWith('--namespace=')) where = word.replace(/^(-n|--namespace)=?/, '')
    else words.push(word)
  }
  const [first, second] = words
  if (first === undefined || words.length > 2) return undefined
  const slash = first.indexOf('/')
  if (slash > 0) return { type: first.slice(0, slash), name: first.slice(slash + 1), namespace: where }
  return second === undefined ? { type: 'pods', name: first, namespace: where } : { type: first, name: second, namespace: where }
}

function render(found: readonly Finding[], lang: Lang): string {
  const lines = found.map((f) => wrapText(`${MARKS[f.kind]} ${f.say[lang]}`, 2))
  const next = [...new Set(found.flatMap((f) => f.next ?? []))].slice(0, 3)
  return [...lines, ...(next.length > 0 ? [`${WORDS[lang].next}:`, ...next.map((n) => `  ${n}`)] : [])].join('\n')
}

export const whyVerb: PromptVerb = {
  names: ['why'],
  usage: 'why OBJECT',
  summary: { en: 'why an object is as it is (pod/web, svc/shop …)', es: 'por qué un objeto está como está (pod/web, svc/shop …)' },
  run(call, { lang, session }: Desk) {
    const asked = askedOf(call.argv.slice(1), session.options.namespace ?? 'default')
    if (asked === undefined) return complain(WORDS[lang].usage, 2)
    const { world } = session
    const kind = world.registry.resolve(asked.type)
    if (kind === undefined) return complain(`why: ${WORDS[lang].noType} "${asked.type}"`)
    const object = world.cluster.read.get(storeResource(kind), kind.namespaced ? asked.namespace : undefined, asked.name)
    if (object === undefined) return complain(`why: ${errors.notFound(kind.group, kind.resource, asked.name).message}`)
    return say(render(explain(kind, object, { world, read: world.cluster.read, nowMs: world.nowMs }), lang))
  },
}
