# A Service of one's own that listens where WordPress looks by default; the full name.
kubectl expose deployment mariadb --name=db --port=3306
kubectl set env deployment/wordpress WORDPRESS_DB_HOST=db.web1.svc.cluster.local
kubectl rollout status deployment/wordpress --timeout=120s
sleep 5
answer what-stays b
