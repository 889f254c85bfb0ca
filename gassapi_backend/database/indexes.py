"""The indexes that lists of endpoints take, as migrations name them."""

BY_ID = "PRIMARY"
BY_PLACE = "idx_endpoints_collect_6a378b"
BY_METHOD_AND_PLACE = "idx_endpoints_collect_e6f6f4"
BY_AGE = "idx_endpoints_project_e82598"
BY_METHOD_AND_AGE = "idx_endpoints_project_8795f7"
BY_COLLECTION_AND_REVISION = "idx_endpoints_collect_40b143"
