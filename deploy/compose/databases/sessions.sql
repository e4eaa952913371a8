-- FusionAuth makes its own database. The service needs one that it may make its schema in.
create role sessions login password 'trial-password-of-sessions';
create database sessions owner sessions;
