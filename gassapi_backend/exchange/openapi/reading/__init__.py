"""OpenAPI and Swagger documents as collections, requests and environments."""
