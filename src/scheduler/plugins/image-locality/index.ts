/** ImageLocality: prefers nodes that already hold the pod's images, the bigger and the more widely spread the better. */
import type { PluginRecord } from '../../contract.ts'
import { MAX_SCORE } from '../../scores.ts'

const MB = 1024 * 1024
const MIN_BYTES = 23 * MB
const MAX_CONTAINER_BYTES = 1000 * MB

/** `nginx` is listed by nodes as `docker.io/library/nginx:latest`; both forms are looked for. */
function names(image: string): string[] {
  const tagged = image.slice(image.lastIndexOf('/') + 1).match(/[:@]/) ? image : `${image}:latest`
  const first = tagged.slice(0, tagged.indexOf('/'))
  if (!tagged.includes('/')) return [tagged, `docker.io/library/${tagged}`]
  return /[.:]|^localhost$/.test(first) ? [tagged] : [tagged, `docker.io/${tagged}`]
}

export const imageLocality: PluginRecord = {
  name: 'ImageLocality',
  weight: 1,
  score: (_state, pod, node, { snapshot }) => {
    if (node.images.size === 0) return 0
    const containers = [...(pod.pod.spec?.initContainers ?? []), ...(pod.pod.spec?.containers ?? [])]
    let sum = 0
    for (const { image } of containers) {
      const name = names(image ?? '').find((n) => node.images.has(n))
      if (name !== undefined)
        sum += Math.floor((node.images.get(name)! * snapshot.nodesWithImage(name)) / Math.max(1, snapshot.nodes.length))
    }
    const max = MAX_CONTAINER_BYTES * containers.length
    const bounded = Math.min(Math.max(sum, MIN_BYTES), max)
    return Math.floor((MAX_SCORE * (bounded - MIN_BYTES)) / (max - MIN_BYTES))
  },
}
