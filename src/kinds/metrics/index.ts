/** The kinds that extension API servers of this lab serve; an APIService brings them in while its server answers. One line each. */
import type { KindDefinition } from '../../api/kind.ts'
import { nodeMetrics } from './nodemetrics/index.ts'
import { podMetrics } from './podmetrics/index.ts'

export const extensionKinds: readonly KindDefinition[] = [nodeMetrics, podMetrics]
