/**
 * All generators of `kubectl create`, one line a group.
 */
import type { VerbDefinition } from '../../verb.ts'
import { configGenerators } from './config.ts'
import { generatorVerb } from './generator.ts'
import { networkGenerators } from './networking.ts'
import { rbacGenerators } from './rbac.ts'
import { tokenVerb } from './token.ts'
import { workloadGenerators } from './workloads.ts'

export const createVerbs: readonly VerbDefinition[] = [
  ...[...workloadGenerators, ...configGenerators, ...networkGenerators, ...rbacGenerators].map(generatorVerb),
  tokenVerb,
]
