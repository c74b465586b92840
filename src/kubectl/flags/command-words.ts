/**
 * What each command does, in a sentence of our own, and how it is used: `COMMAND | SENTENCE | EXAMPLE | EXAMPLE`. Helps print it.
 */
const words = ` | Speaks to a cluster's API
annotate | Sets annotations of objects | annotate pods web note='seen' | annotate pods web note-
api-resources | Lists the resources the server has | api-resources | api-resources --namespaced=true -o wide
api-versions | Lists the groups and versions the server has | api-versions
apply | Makes objects be as files say | apply -f web.yaml | apply -k overlays/test | apply --server-side -f web.yaml
apply edit-last-applied | Edits what was applied last | apply edit-last-applied deployment/web
apply set-last-applied | Remembers a file as applied, and changes nothing else | apply set-last-applied -f web.yaml --create-annotation
apply view-last-applied | Shows what was applied last | apply view-last-applied deployment/web -o json
attach | Joins the main process of a running container | attach web | attach web -c app -i -t
auth | Looks at who may do what
auth can-i | Asks whether something is allowed | auth can-i create pods | auth can-i get pods --as=system:serviceaccount:lab:app | auth can-i --list
auth reconcile | Brings roles and bindings to what files say | auth reconcile -f rbac.yaml
auth whoami | Says as whom the server knows you | auth whoami
autoscale | Makes a horizontal pod autoscaler | autoscale deployment web --min=2 --max=5 --cpu=80%
certificate | Decides about certificate signing requests
certificate approve | Approves a certificate signing request | certificate approve dev
certificate deny | Denies a certificate signing request | certificate deny dev
cluster-info | Shows where the control plane and its services are | cluster-info
cluster-info dump | Shows the cluster's state and logs for a diagnosis | cluster-info dump | cluster-info dump --output-directory=state --namespaces=lab
completion | Prints completion code for a shell
config | Changes the kubeconfig
config current-context | Shows the current context | config current-context
config delete-cluster | Deletes a cluster entry | config delete-cluster test
config delete-context | Deletes a context entry | config delete-context test
config delete-user | Deletes a user entry | config delete-user dev
config get-clusters | Lists the cluster entries | config get-clusters
config get-contexts | Lists the contexts | config get-contexts | config get-contexts -o name
config get-users | Lists the user entries | config get-users
config rename-context | Gives a context another name | config rename-context old new
config set | Sets one value by its path | config set contexts.lab.namespace test
config set-cluster | Makes or changes a cluster entry | config set-cluster test --server=https://1.2.3.4:6443
config set-context | Makes or changes a context | config set-context --current --namespace=test | config set-context dev --cluster=lab --user=dev
config set-credentials | Makes or changes a user entry | config set-credentials dev --client-certificate=dev.crt --client-key=dev.key
config unset | Takes one value away by its path | config unset current-context
config use-context | Makes a context the current one | config use-context lab
config view | Shows the kubeconfig | config view --minify | config view --raw -o jsonpath='{.users[0].name}'
cordon | Marks nodes so that no pods are put there | cordon node-a
cp | Copies files to and from containers | cp notes.txt lab/web:/tmp/notes.txt | cp web:/var/log/app.log app.log -c app
create | Makes objects from files, or by the commands below | create -f web.yaml | create -f web.yaml --dry-run=client -o yaml
create clusterrole | Makes a cluster role | create clusterrole reader --verb=get,list --resource=pods
create clusterrolebinding | Binds a cluster role everywhere | create clusterrolebinding ops --clusterrole=view --user=ann
create configmap | Makes a config map | create configmap conf --from-literal=mode=fast | create configmap conf --from-file=app.conf
create cronjob | Makes a cron job | create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date
create deployment | Makes a deployment | create deployment web --image=nginx --replicas=3
create ingress | Makes an ingress | create ingress web --class=nginx --rule='web.example/*=web:80'
create job | Makes a job | create job once --image=busybox -- date | create job now --from=cronjob/tick
create namespace | Makes a namespace | create namespace test
create poddisruptionbudget | Makes a pod disruption budget | create poddisruptionbudget web --selector=app=web --min-available=1
create priorityclass | Makes a priority class | create priorityclass urgent --value=1000
create quota | Makes a resource quota | create quota few --hard=pods=5,cpu=2
create role | Makes a role | create role reader --verb=get,list --resource=pods
create rolebinding | Binds a role in a namespace | create rolebinding ann --role=reader --user=ann
create secret | Makes a secret
create secret docker-registry | Makes a secret for a registry | create secret docker-registry reg --docker-server=reg.example --docker-username=ann --docker-password=word
create secret generic | Makes a secret from files and literals | create secret generic db --from-literal=password=word
create secret tls | Makes a secret of a certificate and its key | create secret tls web --cert=web.crt --key=web.key
create service | Makes a service
create service clusterip | Makes a service inside the cluster | create service clusterip web --tcp=80:8080
create service externalname | Makes a service that stands for a name elsewhere | create service externalname db --external-name=db.example
create service loadbalancer | Makes a service with a load balancer | create service loadbalancer web --tcp=80:8080
create service nodeport | Makes a service with a port at each node | create service nodeport web --tcp=80:8080 --node-port=30080
create serviceaccount | Makes a service account | create serviceaccount app
create token | Asks for a service account's token | create token app --duration=10m
debug | Looks into pods and nodes with a container made for that | debug web -it --image=busybox | debug web --copy-to=web-debug --set-image='*=busybox' | debug node/node-a -it --image=busybox
delete | Deletes objects | delete pod web | delete -f web.yaml | delete pods -l app=web --grace-period=5
describe | Tells of objects and what happened to them | describe pod web | describe nodes
diff | Shows what an apply would change | diff -f web.yaml
drain | Empties a node for maintenance | drain node-a --ignore-daemonsets | drain node-a --force --delete-emptydir-data
edit | Opens objects in an editor | edit deployment/web | edit svc/web -o json
events | Lists events | events | events --for pod/web --watch
exec | Runs a command in a container | exec web -- date | exec -it web -c app -- sh
explain | Tells of the fields of a resource | explain pod.spec.containers | explain deployment --recursive
expose | Makes a service for what is running | expose deployment web --port=80 --target-port=8080
get | Shows objects | get pods | get pods web -o yaml | get deployments,services -l app=web -o wide
kuberc | Changes the preferences of kubectl
kuberc set | Sets a preference
kuberc view | Shows the preferences
kustomize | Prints what a kustomization makes | kustomize overlays/test
label | Sets labels of objects | label pods web tier=front | label pods web tier- | label pods --all tier=front --overwrite
logs | Prints what containers wrote | logs web | logs -f deploy/web --all-containers | logs web -c app --previous
options | Lists the flags that every command takes | options
patch | Changes fields of objects | patch deployment web -p '{"spec":{"replicas":2}}' | patch pod web --type=json -p '[{"op":"remove","path":"/metadata/labels/x"}]'
plugin | Speaks of plugins
port-forward | Leads ports of this machine into a pod | port-forward pod/web 8080:80 | port-forward svc/web 8080:http
proxy | Serves the API at a port of this machine
replace | Puts what a file says in an object's place | replace -f web.yaml | replace --force -f web.yaml
rollout | Manages how changes of workloads come about
rollout history | Shows the revisions | rollout history deployment/web | rollout history deployment/web --revision=2
rollout pause | Holds the rollout of changes | rollout pause deployment/web
rollout restart | Starts all pods anew, by and by | rollout restart deployment/web
rollout resume | Lets the rollout of changes go on | rollout resume deployment/web
rollout status | Tells how far a rollout is | rollout status deployment/web --timeout=60s
rollout undo | Goes back to a revision | rollout undo deployment/web | rollout undo deployment/web --to-revision=2
run | Runs an image in a pod | run web --image=nginx --port=80 | run -it shell --rm --image=busybox -- sh
scale | Sets how many there are | scale deployment/web --replicas=3 | scale --current-replicas=2 --replicas=3 deployment/web
set | Sets single features of objects
set env | Sets environment variables | set env deployment/web MODE=fast | set env deployment/web --from=configmap/conf | set env deployment/web MODE-
set image | Sets images of containers | set image deployment/web app=nginx:1.27
set resources | Sets requests and limits | set resources deployment web --limits=cpu=200m,memory=128Mi
set selector | Sets a service's selector | set selector service web app=web,tier=front
set serviceaccount | Sets the service account of a workload | set serviceaccount deployment web app
set subject | Adds subjects to bindings | set subject rolebinding ann --user=bob
taint | Sets taints of nodes | taint nodes node-a dedicated=db:NoSchedule | taint nodes node-a dedicated-
top | Shows what is used
top node | Shows what nodes use | top node --sort-by=cpu
top pod | Shows what pods use | top pod --containers | top pod -A --sort-by=memory
uncordon | Lets pods be put on nodes again | uncordon node-a
version | Shows the versions of client and server | version | version --client -o yaml
wait | Waits for something to be so | wait --for=condition=Ready pod/web --timeout=60s | wait --for=delete pod/web | wait --for=jsonpath='{.status.phase}'=Running pod/web`

interface CommandWords {
  readonly sentence: string
  /** Command lines, `kubectl` included. */
  readonly examples: readonly string[]
}

const byPath = new Map(
  words.split('\n').map((line): [string, CommandWords] => {
    const [name = '', sentence = '', ...examples] = line.split(' | ')
    return [`kubectl ${name}`.trim(), { sentence, examples: examples.map((example) => `kubectl ${example}`) }]
  }),
)

/** Undefined for a command nobody has words for. `path` is `kubectl rollout status`. */
export const commandWords = (path: string): CommandWords | undefined => byPath.get(path)
