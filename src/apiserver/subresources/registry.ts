/** All subresources, one line each. */
import type { KindDefinition } from '../../api/kind.ts'
import type { SubresourceDefinition } from './contract.ts'
import { scale } from './scale.ts'
import { status } from './status.ts'

export const subresources: readonly SubresourceDefinition[] = [status, scale]

export const findSubresource = (kind: KindDefinition, name: string): SubresourceDefinition | undefined =>
  subresources.find((s) => s.name === name && s.of(kind))

export const subresourcesOf = (kind: KindDefinition): readonly SubresourceDefinition[] => subresources.filter((s) => s.of(kind))
