/** The same work on @ngrok/webernetes, which runs in real time: a Deployment on its nodes, from apply to all Ready. */
import { BaseImage, Cluster, type ProcessContext } from '@ngrok/webernetes'

class Server extends BaseImage {
  static readonly imageName = 'server'
  static readonly imageVersion = '1.0'
  readonly defaultCommand = ['server']

  override async exec(ctx: ProcessContext, argv: readonly string[]): Promise<number> {
    return argv[0] === 'server' ? await ctx.waitUntilKilled() : await super.exec(ctx, argv)
  }
}

const LOOK_MS = 50

/** Milliseconds until all are Ready; or how many were when the time was up. */
export async function webernetesDeployment(
  nodes: number,
  pods: number,
  patienceMs: number,
): Promise<{ readonly ms: number; readonly ready: number }> {
  const cluster = new Cluster({ nodes })
  cluster.registerImage(Server)
  await cluster.init()
  const start = performance.now()
  await cluster.apply([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: pods,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'server:1.0' }] } },
      },
    },
  ])
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const { status } = await cluster.api.appsv1.readNamespacedDeployment({ name: 'web', namespace: 'default' })
    const ready = status?.readyReplicas ?? 0
    const ms = performance.now() - start
    if (ready < pods && ms < patienceMs) continue
    void cluster.close()
    return { ms, ready }
  }
}
