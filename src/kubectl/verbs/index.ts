/**
 * The registry of verbs: one line a record.
 */
import type { VerbDefinition } from '../verb.ts'
import { applyVerb } from './apply/index.ts'
import { createVerbs } from './create/generators.ts'
import { createVerb } from './create/index.ts'
import { deleteVerb } from './delete/index.ts'
import { describeVerb } from './describe/index.ts'
import { getVerb } from './get/index.ts'

export const verbs: readonly VerbDefinition[] = [getVerb, describeVerb, applyVerb, createVerb, ...createVerbs, deleteVerb]

const byPath = new Map(verbs.map((verb) => [verb.path, verb]))

/** The verb of a command's path, if it is one. */
export const verbByPath = (path: string): VerbDefinition | undefined => byPath.get(path)
