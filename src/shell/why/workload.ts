/** Why a workload has fewer pods than it should: what bars their making (quota, admission), a stuck rollout, or the pods themselves. */
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../api/generated/types/apps-v1.ts'
import type { Job } from '../../api/generated/types/batch-v1.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { bad, type Explainer, type Finding, fine, nOf, note, type WhyContext } from './contract.ts'
import { lastWarning } from './events.ts'
import { explainPod } from './pod.ts'

const troubles = (pod: Pod, context: WhyContext): Finding[] => explainPod(pod, context).filter((f) => f.kind === 'bad')

/** The first pod in trouble, and what troubles it. */
function worstPod(pods: readonly Pod[], context: WhyContext): Finding[] {
  for (const pod of pods) {
    const [first] = troubles(pod, context)
    if (first === undefined) continue
    const { name } = pod.metadata
    return [{ kind: 'bad', say: { en: `pod ${name}: ${first.say.en}`, es: `pod ${name}: ${first.say.es}` }, next: `why pod/${name}` }]
  }
  return []
}

/** A refusal at the making of pods: quota, limits, admission. */
function refusal(
  object: ApiObject,
  conditions: readonly { type: string; status: string; message?: string }[],
  context: WhyContext,
): Finding[] {
  const failure = conditions.find((c) => c.type === 'ReplicaFailure' && c.status === 'True')
  const told = failure?.message ?? lastWarning(object, context, 'FailedCreate')?.message
  if (told === undefined) return []
  const next = /quota/.test(told)
    ? `kubectl describe resourcequota${nOf(object)}`
    : /limit/i.test(told)
      ? `kubectl describe limitrange${nOf(object)}`
      : `kubectl describe ${object.kind.toLowerCase()} ${object.metadata.name}${nOf(object)}`
  return [bad(`its pods cannot be made: ${told}`, `no se pueden crear sus pods: ${told}`, next)]
}

const podsOf = (object: ApiObject, { read }: WhyContext): readonly Pod[] => read.ownedBy('pods', object.metadata.uid!) as readonly Pod[]

const enough = (ready: number, wanted: number): Finding =>
  fine(`${ready} of ${wanted} pods are ready`, `${ready} de ${wanted} pods están listos`)
const starting = (ready: number, wanted: number, object: ApiObject): Finding =>
  note(
    `${ready} of ${wanted} pods are ready, the others are starting`,
    `${ready} de ${wanted} pods están listos, los demás están arrancando`,
    `kubectl get pods${nOf(object)}`,
  )

export const replicaSetExplainer: Explainer<ReplicaSet> = {
  resource: 'replicasets.apps',
  explain(set, context) {
    const wanted = set.spec?.replicas ?? 1
    const ready = set.status?.readyReplicas ?? 0
    if (ready >= wanted && wanted > 0) return [enough(ready, wanted)]
    if (wanted === 0)
      return [
        fine(
          'it is to have no pods: an older revision, kept for rollbacks',
          'no debe tener pods: una revisión anterior, guardada para volver atrás',
        ),
      ]
    const found = [
      ...((set.status?.replicas ?? 0) < wanted ? refusal(set, set.status?.conditions ?? [], context) : []),
      ...worstPod(podsOf(set, context), context),
    ]
    return found.length > 0 ? found : [starting(ready, wanted, set)]
  },
}

export const deploymentExplainer: Explainer<Deployment> = {
  resource: 'deployments.apps',
  explain(deployment, context) {
    const { spec, status } = deployment
    const { name } = deployment.metadata
    const wanted = spec?.replicas ?? 1
    const found: Finding[] = []
    if (spec?.paused)
      found.push(
        bad(
          'its rollout is paused: changes to the template are not rolled out',
          'su despliegue está en pausa: los cambios de la plantilla no se aplican',
          `kubectl rollout resume deployment ${name}${nOf(deployment)}`,
        ),
      )
    const sets = (context.read.ownedBy('replicasets.apps', deployment.metadata.uid!) as readonly ReplicaSet[]).filter(
      (s) => (s.spec?.replicas ?? 0) > 0,
    )
    for (const set of [...sets].sort((a, b) => revision(b) - revision(a)))
      found.push(...replicaSetExplainer.explain(set, context).filter((f) => f.kind === 'bad'))
    const late = status?.conditions?.find((c) => c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded')
    if (late)
      found.push(
        note(
          `its rollout is stuck: ${late.message}`,
          `su despliegue está atascado: ${late.message}`,
          `kubectl rollout undo deployment ${name}${nOf(deployment)}`,
        ),
      )
    if (sets.length > 1)
      found.push(
        note(
          `a rollout is under way: ${sets.map((s) => `${s.metadata.name} ${s.status?.readyReplicas ?? 0}/${s.spec?.replicas}`).join(', ')}`,
          `hay un despliegue en marcha: ${sets.map((s) => `${s.metadata.name} ${s.status?.readyReplicas ?? 0}/${s.spec?.replicas}`).join(', ')}`,
          `kubectl rollout status deployment ${name}${nOf(deployment)}`,
        ),
      )
    if (found.some((f) => f.kind === 'bad')) return found
    if (wanted === 0)
      return [...found, bad('it is scaled to 0', 'está escalado a 0', `kubectl scale deployment ${name}${nOf(deployment)} --replicas=1`)]
    const ready = status?.readyReplicas ?? 0
    return [...found, ready >= wanted ? enough(ready, wanted) : starting(ready, wanted, deployment)]
  },
}

const revision = (set: ReplicaSet): number => Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)

const ordinal = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? 0)

export const statefulSetExplainer: Explainer<StatefulSet> = {
  resource: 'statefulsets.apps',
  explain(set, context) {
    const wanted = set.spec?.replicas ?? 1
    const ready = set.status?.readyReplicas ?? 0
    if (wanted > 0 && ready >= wanted) return [enough(ready, wanted)]
    const pods = [...podsOf(set, context)].sort((a, b) => ordinal(a) - ordinal(b))
    const found = [...(pods.length < wanted ? refusal(set, set.status?.conditions ?? [], context) : []), ...worstPod(pods, context)]
    const ordered = (set.spec?.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady'
    if (ordered && pods.length > 0 && pods.length < wanted) {
      const last = pods.at(-1)!.metadata.name
      found.push(
        note(
          `podManagementPolicy OrderedReady: the next pod is made only when ${last} is ready`,
          `podManagementPolicy OrderedReady: el siguiente pod se crea solo cuando ${last} esté listo`,
          `why pod/${last}`,
        ),
      )
    }
    return found.length > 0 ? found : [starting(ready, wanted, set)]
  },
}

export const daemonSetExplainer: Explainer<DaemonSet> = {
  resource: 'daemonsets.apps',
  explain(set, context) {
    const wanted = set.status?.desiredNumberScheduled ?? 0
    const ready = set.status?.numberReady ?? 0
    const found = [...refusal(set, [], context), ...worstPod(podsOf(set, context), context)]
    if (found.length > 0) return found
    if (wanted === 0)
      return [
        note(
          'no node fits its selector and tolerations',
          'ningún nodo encaja con su selector y sus tolerations',
          'kubectl get nodes --show-labels',
        ),
      ]
    return [ready >= wanted ? enough(ready, wanted) : starting(ready, wanted, set)]
  },
}

export const jobExplainer: Explainer<Job> = {
  resource: 'jobs.batch',
  explain(job, context) {
    const failed = job.status?.conditions?.find((c) => c.type === 'Failed' && c.status === 'True')
    const found: Finding[] = failed
      ? [bad(`it failed: ${failed.reason}: ${failed.message}`, `falló: ${failed.reason}: ${failed.message}`)]
      : []
    if (job.spec?.suspend)
      found.push(
        bad('it is suspended', 'está suspendido', `kubectl patch job ${job.metadata.name}${nOf(job)} -p '{"spec":{"suspend":false}}'`),
      )
    found.push(...refusal(job, [], context), ...worstPod(podsOf(job, context), context))
    if (found.length > 0) return found
    const done = job.status?.succeeded ?? 0
    return [
      done >= (job.spec?.completions ?? 1)
        ? fine('it is complete', 'está completo')
        : note(
            `${done} of ${job.spec?.completions ?? 1} are done`,
            `${done} de ${job.spec?.completions ?? 1} hechos`,
            `kubectl get pods${nOf(job)} -l job-name=${job.metadata.name}`,
          ),
    ]
  },
}
