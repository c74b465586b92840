/** The `clusterlab` command. */
import { serveRpc } from './rpc.ts'

const [command] = process.argv.slice(2)
if (command === 'rpc') await serveRpc(process.stdin, process.stdout)
else {
  process.stderr.write(`unknown command: ${command ?? ''}\n`)
  process.exitCode = 2
}
