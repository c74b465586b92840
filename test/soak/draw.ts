/** Draws from a seed what a soak does to a world: commands, waits, faults, undos. Steps are data, so that a failing run can be printed and played again. */
import type { FaultTarget } from '../../src/cluster/faults/index.ts'
import { createRandom } from '../../src/sim/random.ts'

export type SoakStep =
  | { readonly do: 'command'; readonly text: string }
  | { readonly do: 'wait'; readonly ms: number }
  /** Begins a command that does not end, lets time pass, presses Ctrl-C. */
  | { readonly do: 'watch'; readonly text: string; readonly ms: number }
  | { readonly do: 'fault'; readonly kind: string; readonly target: FaultTarget }
  | { readonly do: 'undo' }
  /** Looks at a future that is taken back. */
  | { readonly do: 'fork'; readonly ms: number; readonly command: string }

export interface Soak {
  readonly seed: string
  readonly preset: 'bare' | 'default'
  readonly steps: readonly SoakStep[]
}

const NODES = ['node-a', 'node-b', 'node-c']
const NAMES = ['web', 'shop', 'cache']
const IMAGES = ['nginx', 'nginx:1.27', 'redis', 'busybox', 'no/such:image', 'BAD//image']

/** Chooses by keyed chance, one draw a question. */
class Dice {
  readonly #random
  readonly #seed: string
  #turn = 0
  constructor(seed: string) {
    this.#seed = seed
    this.#random = createRandom(`soak/${seed}`)
  }
  below(n: number): number {
    return this.#random.below(n, 'soak', this.#seed, this.#turn++)
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

type Draw = (d: Dice) => string

const firstPod = '$(kubectl get pods -o name | head -n 1)'
const lastPod = '$(kubectl get pods -o name | tail -n 1)'

const commands: readonly Draw[] = [
  (d) => `kubectl create deployment ${d.of(NAMES)} --image=${d.of(IMAGES)} --replicas=${d.below(6)}`,
  (d) => `kubectl create deployment ${d.of(NAMES)} --image=nginx --replicas=${1 + d.below(4)}`,
  (d) => `kubectl scale deployment ${d.of(NAMES)} --replicas=${d.below(9)}`,
  (d) => `kubectl set image deployment/${d.of(NAMES)} '*=${d.of(IMAGES)}'`,
  (d) => `kubectl rollout ${d.of(['restart', 'undo', 'pause', 'resume', 'history'])} deployment/${d.of(NAMES)}`,
  (d) => `kubectl rollout status deployment/${d.of(NAMES)} --timeout=${5 + d.below(30)}s`,
  (d) =>
    `kubectl delete deployment ${d.of(NAMES)} --wait=${d.of(['true', 'false'])} --cascade=${d.of(['background', 'foreground', 'orphan'])}`,
  (d) => `kubectl delete ${d.of([firstPod, lastPod])} ${d.of(['', '--wait=false', '--grace-period=1', '--force --grace-period=0'])}`,
  (d) => `kubectl delete rs,deploy,po -l app=${d.of(NAMES)} --wait=false`,
  (d) => `kubectl label ${d.of(['pods', 'deployments', 'nodes'])} --all tier=${d.of(['a', 'b'])} --overwrite`,
  () => `kubectl label ${firstPod} app-`,
  (d) => `kubectl annotate deployment ${d.of(NAMES)} note=${d.below(99)} --overwrite`,
  (d) => `kubectl taint node ${d.of(NODES)} soak=x:${d.of(['NoSchedule', 'NoExecute', 'PreferNoSchedule'])} --overwrite`,
  (d) => `kubectl taint node ${d.of(NODES)} soak-`,
  (d) => `kubectl ${d.of(['cordon', 'uncordon'])} ${d.of(NODES)}`,
  (d) => `kubectl drain ${d.of(NODES)} --ignore-daemonsets --delete-emptydir-data --timeout=${10 + d.below(40)}s`,
  (d) => `kubectl apply -f ${d.of(['everything.yaml', 'batch.yaml', 'broken.yaml', 'storage.yaml', 'guards.yaml'])}`,
  () => 'kubectl apply -f .',
  (d) => `kubectl delete -f ${d.of(['everything.yaml', 'batch.yaml', 'storage.yaml', 'guards.yaml'])} --wait=false`,
  (d) => `kubectl apply --server-side -f everything.yaml ${d.of(['', '--force-conflicts', '--dry-run=server'])}`,
  (d) => `kubectl patch deployment ${d.of(NAMES)} -p '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":${d.below(40)}}}}}'`,
  (d) =>
    `kubectl patch deployment ${d.of(NAMES)} --type=json -p '[{"op":"replace","path":"/spec/replicas","value":${d.of(['2', '-1', '"many"', '3'])}}]'`,
  (d) =>
    `kubectl patch ${d.of(['svc', 'pods', 'deploy', 'nodes'])} ${d.of(['web', 'node-a', 'nobody'])} --type=merge -p '${d.of(['{"spec":null}', '{"metadata":{"labels":{"a/b/c":"x"}}}', '[]', '{"spec":{"unknown":1}}'])}'`,
  (d) => `kubectl expose deployment ${d.of(NAMES)} --port=${d.of(['80', '0', '70000'])}`,
  (d) => `kubectl autoscale deployment ${d.of(NAMES)} --min=1 --max=${1 + d.below(4)} --cpu=50%`,
  (d) =>
    `kubectl run p${d.below(3)} --image=${d.of(IMAGES)} --restart=${d.of(['Always', 'Never', 'OnFailure'])} ${d.of(['', '-- sleep 5', '-- false'])}`,
  (d) => `kubectl delete pod p${d.below(3)} --ignore-not-found --wait=false`,
  (d) => `kubectl create namespace ${d.of(['one', 'two'])}`,
  (d) => `kubectl delete namespace ${d.of(['one', 'two', 'default'])} --wait=false`,
  (d) => `kubectl create deployment away --image=nginx -n ${d.of(['one', 'two', 'kube-system'])}`,
  (d) => `kubectl create quota q --hard=pods=${2 + d.below(6)}`,
  () => 'kubectl delete quota q --ignore-not-found',
  (d) => `kubectl get ${d.of(['pods', 'all', 'nodes', 'events', 'rs -o yaml', 'pods -o json', 'nothing', 'pvc,pv,sc'])}`,
  (d) => `kubectl describe ${d.of(['pods', 'nodes', 'deployments', 'services', 'pvc', 'jobs'])}`,
  (d) => `kubectl logs deployment/${d.of(NAMES)} --tail=3`,
  () => `kubectl exec ${firstPod} -- sh -c 'echo $HOSTNAME; exit 3'`,
  (d) => `kubectl wait --for=condition=Available deployment --all --timeout=${d.below(20)}s`,
  (d) => `sleep ${d.below(30)}`,
  () => 'for i in 1 2 3; do kubectl create configmap c$i --from-literal=i=$i; done; kubectl delete cm c2',
  () => 'kubectl get pods | grep -c Running > count.txt; cat count.txt',
]

function fault(d: Dice): SoakStep {
  const kind = d.of(['crash', 'start', 'start', 'cut', 'mend', 'mend', 'kill', 'oom', 'hang', 'delete'])
  if (['crash', 'start', 'cut', 'mend'].includes(kind)) return { do: 'fault', kind, target: { node: d.of(NODES) } }
  return { do: 'fault', kind, target: { pods: { app: d.of(NAMES) }, namespace: 'default', count: 1 + d.below(3) } }
}

function drawStep(d: Dice): SoakStep {
  const roll = d.below(100)
  if (roll < 58) return { do: 'command', text: d.of(commands)(d) }
  if (roll < 76) return { do: 'wait', ms: 1 + d.below(d.of([1_000, 20_000, 120_000, 420_000])) }
  if (roll < 90) return fault(d)
  if (roll < 95) return { do: 'undo' }
  if (roll < 97) return { do: 'watch', text: `kubectl get ${d.of(['pods', 'nodes', 'events'])} -w`, ms: 1 + d.below(15_000) }
  return { do: 'fork', ms: 1 + d.below(60_000), command: d.of(commands)(d) }
}

/** The same for the same number, whatever others draw. */
export function drawSoak(number: number, length: number): Soak {
  const d = new Dice(String(number))
  const steps: SoakStep[] = [{ do: 'command', text: `kubectl create deployment ${d.of(NAMES)} --image=nginx --replicas=${1 + d.below(5)}` }]
  while (steps.length < length) steps.push(drawStep(d))
  return { seed: String(number), preset: number % 5 === 4 ? 'default' : 'bare', steps }
}
