/**
 * DynamicResources, for pods without resource claims: it has nothing to place, and says so after a failed attempt. Resource claims themselves are not
 * simulated; the API refuses pods that ask for them.
 */
import type { PluginRecord, PluginState } from '../../contract.ts'

const NAME = 'DynamicResources'
const none: PluginState = { clone: () => none }

export const dynamicResources: PluginRecord = {
  name: NAME,
  preFilter: (state) => {
    state.set(NAME, none)
    return 'skip'
  },
  // Upstream's plugin looks up what its PreFilter left; when an earlier plugin ended the cycle before that, the lookup's error is what people read.
  postFilter: (state) => ({ message: state.has(NAME) ? 'no new claims to deallocate' : 'not found' }),
}
