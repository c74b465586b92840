# Both ends: an honest order for the thumbnails, and a database that lives with a pool of one gigabyte.
kubectl set resources deployment pictures -c thumbnails --requests=memory=1600Mi --limits=memory=2Gi
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","args":["--innodb-buffer-pool-size=1G"],"resources":{"requests":{"memory":"1280Mi"},"limits":{"memory":"1280Mi"}}}]}}}}'
kubectl rollout status deployment/pictures --timeout=120s
kubectl rollout status deployment/mariadb --timeout=180s
answer left-to-give 3
