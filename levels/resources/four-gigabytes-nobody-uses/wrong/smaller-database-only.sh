# fails: shop-fits
# The database makes itself small enough for the gap; the four gigabytes stay where they are, and the shop stays outside.
kubectl patch deployment mariadb -p '{"spec":{"template":{"spec":{"containers":[{"name":"mariadb","args":["--innodb-buffer-pool-size=1G"],"resources":{"requests":{"memory":"1280Mi"},"limits":{"memory":"1280Mi"}}}]}}}}'
kubectl rollout status deployment/mariadb --timeout=180s
answer left-to-give 3
