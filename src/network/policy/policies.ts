/** The policies of each namespace, compiled once and again when one changes. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { Cluster } from '../../client/contract.ts'
import { type CompiledPolicy, type Conversation, compilePolicy, type Party, type Ruling, rule } from './compile.ts'

const ALLOWED: Ruling = { allowed: true }

export class Policies {
  epoch = 0
  readonly #cluster: Cluster
  readonly #byNamespace = new Map<string, readonly CompiledPolicy[]>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    cluster.subscribe('networkpolicies.networking.k8s.io', ({ before, after }) => {
      this.epoch++
      this.#byNamespace.delete((after ?? before)!.metadata.namespace!)
    })
    cluster.subscribe('namespaces', () => {
      this.epoch++
    })
  }

  #of(namespace: string): readonly CompiledPolicy[] {
    let list = this.#byNamespace.get(namespace)
    if (list === undefined) {
      list = this.#cluster.read.list('networkpolicies.networking.k8s.io', namespace).map(compilePolicy)
      this.#byNamespace.set(namespace, list)
    }
    return list
  }

  party(ip: string, pod: Pod | undefined): Party {
    if (pod === undefined) return { ip }
    const labels = this.#cluster.read.get('namespaces', undefined, pod.metadata.namespace!)?.metadata.labels
    return { ip, pod, ...(labels && { namespaceLabels: labels }) }
  }

  /** Whether `pod` may take part; `other` is made only when some policy of the namespace could matter. */
  judge(pod: Pod, direction: 'ingress' | 'egress', other: () => Party, talk: Conversation): Ruling {
    const policies = this.#of(pod.metadata.namespace!)
    return policies.length === 0 ? ALLOWED : rule(policies, pod, direction, other(), talk)
  }
}
