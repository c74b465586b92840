/** Recipe, kitchen.example/v1: the kind that docs/adding-a-kind.md adds. A kind of the real API would leave out its names, schema and columns: they come from the facts. */
import { defineKind } from '../../../src/api/define-kind.ts'
import { invalid } from '../../../src/api/errors.ts'
import type { ApiObject } from '../../../src/api/meta.ts'

interface Recipe extends ApiObject {
  spec?: { servings?: number; dish?: string }
  status?: { cooked?: number }
}

export const recipe = defineKind<Recipe>({
  group: 'kitchen.example',
  version: 'v1',
  kind: 'Recipe',
  resource: 'recipes',
  shortNames: ['rcp'],
  categories: ['all'],
  generation: true,
  subresources: { status: true, scale: { specReplicas: 'spec.servings', statusReplicas: 'status.cooked' } },
  schema: {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', preserveUnknown: true },
      spec: {
        type: 'object',
        required: ['dish'],
        properties: { dish: { type: 'string' }, servings: { type: 'integer', format: 'int32' } },
      },
      status: { type: 'object', properties: { cooked: { type: 'integer', format: 'int32' } } },
    },
  },
  columns: [
    { name: 'Name', type: 'string', format: 'name', priority: 0, value: (o) => o.metadata.name },
    { name: 'Dish', type: 'string', priority: 0, value: (o) => (o as Recipe).spec?.dish ?? '' },
    { name: 'Servings', type: 'integer', priority: 1, value: (o) => (o as Recipe).spec?.servings ?? 0 },
  ],
  setDefaults: (o) => {
    if (o.spec) o.spec.servings ??= 2
  },
  validate: (o) => ((o.spec?.servings ?? 0) < 0 ? [invalid('spec.servings', o.spec?.servings, 'must be greater than or equal to 0')] : []),
})
