/** `clusterlab rpc`. */
import type { CommandRecord } from './contract.ts'

export const rpcCommand: CommandRecord = {
  name: 'rpc',
  summary: { en: 'JSON-RPC 2.0 over stdin and stdout', es: 'JSON-RPC 2.0 por stdin y stdout' },
  define: (command) => command,
  load: async () => {
    const { serveRpc } = await import('../rpc.ts')
    return {
      run: async (_args, _options, { stdin, stdout }) => {
        await serveRpc(stdin, stdout)
        return 0
      },
    }
  },
}
