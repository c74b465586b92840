/** All subresources, one line each. */
import type { KindDefinition } from '../../api/kind.ts'
import { approval } from './approval.ts'
import { binding } from './binding.ts'
import type { SubresourceDefinition } from './contract.ts'
import { eviction } from './eviction.ts'
import { finalize } from './finalize.ts'
import { attach, exec, logs, portForward } from './kubelet.ts'
import { ephemeralContainers, resize } from './pod-parts.ts'
import { scale } from './scale.ts'
import { status } from './status.ts'
import { token } from './token.ts'

export const subresources: readonly SubresourceDefinition[] = [
  approval,
  attach,
  binding,
  ephemeralContainers,
  eviction,
  exec,
  finalize,
  logs,
  portForward,
  resize,
  scale,
  status,
  token,
]

export const findSubresource = (kind: KindDefinition, name: string): SubresourceDefinition | undefined =>
  subresources.find((s) => s.name === name && s.of(kind))

export const subresourcesOf = (kind: KindDefinition): readonly SubresourceDefinition[] => subresources.filter((s) => s.of(kind))
