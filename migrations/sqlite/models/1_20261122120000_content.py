from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
CREATE TABLE IF NOT EXISTS "collections" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "sibling_of" CHAR(36) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "name_hash" VARCHAR(64) NOT NULL,
    "description" TEXT,
    "position" INT NOT NULL,
    "endpoint_count" INT NOT NULL,
    "revision" BIGINT NOT NULL,
    "created_at" VARCHAR(23) NOT NULL,
    "updated_at" VARCHAR(23) NOT NULL,
    "parent_id" CHAR(36) REFERENCES "collections" ("id") ON DELETE CASCADE,
    "project_id" CHAR(36) NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_collections_sibling_8d97d6" UNIQUE ("sibling_of", "name_hash")
);
CREATE INDEX IF NOT EXISTS "idx_collections_parent__e9cbf0" ON "collections" ("parent_id");
CREATE INDEX IF NOT EXISTS "idx_collections_sibling_406db6" ON "collections" ("sibling_of", "position");
CREATE INDEX IF NOT EXISTS "idx_collections_project_2eda96" ON "collections" ("project_id", "position", "id");
CREATE TABLE IF NOT EXISTS "endpoints" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "name_key" VARCHAR(255) NOT NULL,
    "method" VARCHAR(20) NOT NULL,
    "url" VARCHAR(2000) NOT NULL,
    "url_key" VARCHAR(2000) NOT NULL,
    "description" TEXT,
    "position" INT NOT NULL,
    "headers" TEXT NOT NULL,
    "params" TEXT,
    "body" TEXT,
    "body_type" VARCHAR(50),
    "auth" TEXT,
    "examples" TEXT,
    "purpose" TEXT,
    "request_params" TEXT,
    "response_schema" TEXT,
    "header_docs" TEXT,
    "revision" BIGINT NOT NULL,
    "created_at" VARCHAR(23) NOT NULL,
    "updated_at" VARCHAR(23) NOT NULL,
    "collection_id" CHAR(36) NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
    "project_id" CHAR(36) NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_endpoints_collect_6a378b" ON "endpoints" ("collection_id", "position", "id");
CREATE INDEX IF NOT EXISTS "idx_endpoints_collect_e6f6f4" ON "endpoints" ("collection_id", "method", "position", "id");
CREATE INDEX IF NOT EXISTS "idx_endpoints_project_e82598" ON "endpoints" ("project_id", "id");
CREATE INDEX IF NOT EXISTS "idx_endpoints_project_8795f7" ON "endpoints" ("project_id", "method", "id");
CREATE TABLE IF NOT EXISTS "flows" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "name_key" VARCHAR(255) NOT NULL,
    "description" TEXT,
    "flow_data" TEXT NOT NULL,
    "flow_inputs" TEXT NOT NULL,
    "is_active" INT NOT NULL,
    "revision" BIGINT NOT NULL,
    "created_at" VARCHAR(23) NOT NULL,
    "updated_at" VARCHAR(23) NOT NULL,
    "collection_id" CHAR(36) REFERENCES "collections" ("id") ON DELETE SET NULL,
    "project_id" CHAR(36) NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_flows_collect_3d67d8" ON "flows" ("collection_id");
CREATE INDEX IF NOT EXISTS "idx_flows_project_954ee1" ON "flows" ("project_id", "name_key", "id");
CREATE INDEX IF NOT EXISTS "idx_flows_project_ac8d38" ON "flows" ("project_id", "is_active", "name_key", "id");
CREATE TABLE IF NOT EXISTS "invitations" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL,
    "email_key" VARCHAR(320) NOT NULL,
    "generation" INT NOT NULL,
    "created_at" VARCHAR(23) NOT NULL,
    "expires_at" VARCHAR(23) NOT NULL,
    "invited_by_id" CHAR(36) REFERENCES "users" ("id") ON DELETE SET NULL,
    "project_id" CHAR(36) NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_invitations_project_9aa585" UNIQUE ("project_id", "email_key")
);
CREATE INDEX IF NOT EXISTS "idx_invitations_email_k_b96a1c" ON "invitations" ("email_key");
CREATE INDEX IF NOT EXISTS "idx_invitations_expires_d2381d" ON "invitations" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_invitations_invited_ee0d0b" ON "invitations" ("invited_by_id");
CREATE TABLE IF NOT EXISTS "idempotency" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "body_hash" VARCHAR(64) NOT NULL,
    "is_committed" INT NOT NULL,
    "leased_until" VARCHAR(23) NOT NULL,
    "status" INT,
    "answer" BLOB,
    "expires_at" VARCHAR(23) NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_idempotency_expires_251558" ON "idempotency" ("expires_at");
CREATE TABLE IF NOT EXISTS "mails" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL,
    "recipient" VARCHAR(254) NOT NULL,
    "facts" TEXT NOT NULL,
    "attempts" INT NOT NULL,
    "due_at" VARCHAR(23),
    "last_error" VARCHAR(500),
    "created_at" VARCHAR(23) NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_mails_due_at_033953" ON "mails" ("due_at");
CREATE INDEX IF NOT EXISTS "idx_audit_log_project_1515e1" ON "audit_log" ("project_id", "at");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztXetz2za2/1cw+tJ0RvXYsp04yZ07Y6fO1m0c79judjtxR4JISMKaArgEZUXTm//9Ho"
    "Ck+AJpUk+awSdbJA5I/g4e542/O1NuE0ccnPs+mbp+5x36u8PwlMA/2Vtd1MGuG9+QF3w8"
    "dFRbHDRSF/FQ+B62ZGcj7AgCl2wiLI+6PuVMtv6FzxEf+YQhwafEn1A2RuMZ9mxiozkWyP"
    "eo/I/KO4j6Av5lNp93kZhgD+4MFwg7Dppz75F44kA+1OYWPBU62lL/M0b/OyN9n4+hP+LB"
    "U778BZeBjnwlIvrpPvZHlDh2CsdHspA9qBt9f+Gqi+fCovSjaivffti3uDObskR7d+FPOF"
    "sSwNfJq2PCiId9YifQZTPHCRkRXQpeFy743ows39OOL9hkhGeO5JGkDl4hvtbp9z/f3Pfv"
    "Lu/7/U6OfxFFAvLwksWZ5D1lvlAQTPHXvkPY2J/Az9cn34LnxEgEreQD/3V+++GX89tXr0"
    "9+lA+cLsR/ncx1JP85/3B/eYvgxRCWCKIPN58+nd9fBr/6Q8okNYfhF4zLzyF9T3X8Tb0A"
    "9nHwCoptMZ8sPmN+nlNXzNfzadk+wykaXK3LqehCzKp49kR8OdwWo8byDX7qHZ28OTk7fn"
    "1yBk3UWy6vvCnh3dXnewVtDCX56lKPiD7W4HlPp0QPaJoqgyqwjfhAehD9sxmMdzkdKgz/"
    "3nF6+P8MY/v+6vry1bEcvXKJGT0mBq+8MMTW4xzWtn7uDu/xorb5W9PeNHsFMzxWIMnPkS"
    "8f7Qgzm/qXzPcW2v0ivlu+Zch2fYePq+0Zf0w4sims2hPsI5/DX2pNkFrbu2juUV8u97Cc"
    "w+oMTMVMQG9ACr+hvSSkfn6j2ESnD+yB/QFbCZ/5aMQ9QscMwRIu3iHMEJE4ILjl0CciVD"
    "+ux/9DLB/u2sFv2GI4O0CDgUeeqIDuBwNEVdsHFjb+QaDoZvBsSWhNMBsTNMU2wDUP32CM"
    "XfEeXkv28Pn3T5/gk4hHEvug3P84cxbI4fyR2A8M+0Ub3JdO+Pg+VZM1eoXOX5mt70sHcO"
    "Fe2AymL9zPEsurhVtk0CSz7tr6VSJou6vdsfM/oxkLmD7GQmAXNhmYRITZB+F4DybNASNz"
    "+NL/7exkKz1+XbKWqIXk+HV6IYkurreJyl7LN9F6K/5eV/oS1loOtx4PGJ9vjZ9r7wXJ7T"
    "aYfQq/OoJmmmwzM6qKFLMzifOobJpEMB+91kucR+tOlqPXej7VWeySFCsxKBz1zeTPvpex"
    "mDM+7IWsFmeSFIYz2+NMWoqoxps0jeHO9rizFAlzvLmg40LNOUm1kvLcNO4E6vPbXu/4+E"
    "3v8Pj12enJmzenZ4dLPTp/q0yhvrj6h9SpU1zIK9mBLlJ3x9fD3obdvhn2peTcEHzmWaS+"
    "YJajbCG3jnsVuHXc03MLrq+5kvUKuVVno8kQmZ1mmztNCLW6kOPQhwn2nuFRRNg+LvVOT6"
    "vok6enPxbhre6lAbeJj2lgs0tD/avgTA91giQDMh9Kgezl4VwC6/3lv9UWPRXhyI/QfHV9"
    "/u/0nLi+/Pnq9+uIIIH/h083F7lxDh8u9PJu6ZaRJGvfED/qnVXR5XtnBco83FhTm5ddp1"
    "lF3VosCpq3jzUnVRafk1M9Y+D6enw5OW2QZ+QDdxxihXDmPCOJu90yz4i1bFfRn36ORtyx"
    "iYf4CBFmu1wySjkY4MJo5kmDPkr0mneE1O5Bej0GA0GHDvTQ56OlzwK52CNMeiyo3UXcS/"
    "o84GLou/C521XdDwYSpP4Eiwl0IW/d/XL+U+/0NTz4gcnf6sVsJJt1keCx/0PaoIdYEPRI"
    "iCtUA4GCKYLwlLMxCl9PoFfSFQIP94CKCp8yy0cUvgBL7w5MoR8P0F3UVjbiHmARBAIMBi"
    "4X1Fduma58LlPhAWMiPTYRVH3lC4YPUH9D302Mo009+HpngVS4gfpuAOuRuL7sK+HLUd+G"
    "HZ94qo9psWcmRl42WWKocc2kW0Yfk3LRpG50lYvF+GraIkIX+2rSI6MaRzOjqYV6aWM0nr"
    "qKzlr6TbOZshUFJ14060hxKaoWQt00K1ryo3J8uidfC0zMGbI2SN2b0UU/3Xz+RzVNNCkR"
    "VAyJS5KYqLhcVFxKWqwBa57QgJsFd0+eqCZiumM/lOURiU/NYM801W5CgPKcaE8M0My1V+"
    "BCmspwYV0uBMaPesEKSZItySn7C/pvjjq1p0CSZkv7+2VPzmqb41aeVR+DEOvfyEKx7Ao+"
    "DjNLp/iGNp9/xj29MFZ9i4ZjdDWeyR6eL01zmVEKCMB3Ez+wFpzffTj/+bKjWaQ2AG3aoP"
    "2iVqnK2CZXZz20xa6GhIw0oY4NPWmk05Dy42+3xMEFytN28G7EYNZqSBqvcx2cLsNuWjTn"
    "UzCNHD5fE6KP0EWLBtE2nXrL0aRx6SVHWrFDLzWsq7jzBH4iNgp9+jpvXbqBdMbdTwj69e"
    "7mMwqkF4Em3LGDKz756seuM9C7bIFckLOlL8qfeHw2nhxEjrhHshgMQs/czHOi3x55YCpJ"
    "CiNBsGdNVPoQ9MAqZsd+SXg1de4m6Y1Kt5AJS9wuapuQDzSXYlrjymqNtNgtcWUZX8kOfC"
    "XaRPaPyj1f4ivZaDr7C0Y65yyRNzLzYuaPzqbDk+XMCH+XzQ0Ns+LVr7JXK7HYtpBPh1XY"
    "dFjApcM1Fy/ZccZU5zl11qqweSsZc1iNNYeHxYuVupkDuP5ilSAyUOvmwWFuJqyyXGnYZV"
    "y8xsX7DOYvxQs5AeWKeAVB88VDOUG2u7Wn8/e3PfhUthQ272IPT2vjHlOZ1WMV1Ifc1uyy"
    "5ZhHNAbxVRGvn1CYomoD8Gnh5rSKaHNaINicrivgn+YEGjzzNUGF5dMiomkDd3Y/LchXPH"
    "UdUnsDSNIZ5FfaeGceiISa5ahk141JDOb1hfYo1W81kSdPbXiwWp6mcOEdSF9YEzLF9dmQ"
    "Izd8WIUPgerUl6+2mta1JDX4rzYPTNytibuty4n2RHyauNsmcCEOHagV35kja6Hlf99Oex"
    "OB22D2mAjcvUTgpiOddhmF+1IRzq3UdWNxtxsh+EQ9zqakKEgwvt0tjxNcNqwcKiifZSNB"
    "fFmp4wl7VHamrfBR0FIGD54vf/8goAXIiD5ccWZkWaeCMMtbuDCsZA2LwWBJPhiEpUCSZT"
    "zCSiBxJQ+UKeQhww3DoRTUDpHBiiJTKoTaQb0M8cDCtigBkIpRVBXOw/rsXEYeioISIdiR"
    "IbOIM7gW9gVNplw8X/xc3i+ur2FiC1uxD3aRiS2swKSjSkEkRyXhOkf58A9Th+HF12Eong"
    "wtDNLJ+h6rOR+Lp8Rpfkost1e9SVMPdYpo1fqL69oRhjPq+JSJA4cKfx+2gy2ZOWNppfq2"
    "nqbZyNBv0HFe+96wjQnamKCN8bNjTNAN4YKxbjZukzDWzZ1ZN/djeFNZzBqLW5TdXGxqW6"
    "ZQP29juw0iZmSyqzzST9WGDQ7cC84NVF2hkcenyr7kc2V6YuSrJnN3jb4CM5ts0JemisDM"
    "tszvjaxgYoJdIn8ERxlSXx34Fx5l+A4Jn7hCleVlgElQ4ZfYY1L1kNu8VSxMmdHl5Yq+PG"
    "/kiejaGrtZK1bYrrGbVcq+Mjm5jUR6dzm5JsdtX+Gyyx1Tb0srxj5F2IqpsnuzmcKQMnem"
    "K+lTAf6YdId5cV/+ao/dMiWEZYxjnDsEFxiTU3QZ7IdAuC3wI6lrt+Bf3Nx8SoF/cZXF9v"
    "fri8vbV0eKE9CI+gUmMWOMNMbI79kMZoyRTeDCXuNhm1XpsVnqsrEXN5g9xl78nUXDNmul"
    "2kwsrBz9Mi5yXzb5K5tMXe4TZi06GtN88na3zEJPMw0rxMKGua2BPR3LONXE0376LSpt2U"
    "UchpC0jcvoVtjTWVeGmcItMSeeLnR2Mx0HFvygomY+RHY+4bBOPRIbjbgXeANmTB7JF1jy"
    "gawLz1WVHJan5WE/Cq6V1w9k98Gzgicsg3a7SFD5ZpiF74KmeIEs7HkLhJHPQcSRIbmg9F"
    "l8OpW+AjvoQUYLB56FBwbwMxGcIB49NXlsnfQzTLFN3sNr+9SB7kC7FCDTqZ/QneBTIl8T"
    "zbn3KGNxAZuKbodCb4HW/FkSNbhRw2eDgnGaES1Y7AtYDtta3EpRtVDaaQbXUsai5fyvby"
    "9Kke7QZLS88mJtRsmFso7WnKXbl968H5N1fa0YZEd/pjFEF5rlYoKVjHIN87xsuthdIEro"
    "DJ0Mews9ojFNdoVY+EHk8svCtGyBkNb45AIBA/bi6vP57Z96d1bU3uXCH3uqo87Fn/eX57"
    "laRy6F2zUtbGmq3awUe1CeVl8ocsr/ntQn9kR9HH59XnuK75YrT8t2VRMJpUw/AsXA5+g/"
    "XEYnRZl4XXkJlBPyBHdBGAukffLTFIOQj20bBpUu3XC9/qSqdAWak0PZo9RDQA+i8sQDFR"
    "klNQ9qq9gl+e9gEI5UGpzRHehLY09GUmERamMeNJkT+wBdqZ9jzkCjSWhr2LJIoCnZxIKn"
    "wrOkFgb6ng26d+EpB6mAJyI/QcVWmCzBVtoHyzQcxfw8M4vDnZYELVRseqdVNBtoVRLvlN"
    "NO4umVQ7ks4ClFti2s9+jQqFTd/riovP1xvr79CgFPx/ki9/GaXEPeThPtzhF+9EIkbuPi"
    "boIaaQTwrUOs5FcYssNFLf9ojsz4r43/+vthj/Ff78V/Ha86G4D3d0Fe3hpVFdnc+twoz/"
    "W1VMg0RpfrUFErNrdIFaNyxSZl6AhdptI77HM0JEgQ5nejRK0omyvjclVO4dBeMeQz7cmQ"
    "G+w99FfDkBoMVNkmobzZPpm6DozM8JTIEfQggjMiEbWDlLKgsfRjU3gsU6YeHBaWeqeMOi"
    "I4U1I6jGMjjXxLVRpqRkBMCjzQ8wm8sMyD8xYqD+790nYErW1FOeVPJDQjwSPlOEAj6gl1"
    "5uUDU9cZV55n4BtBNieiq14zGHqBJ97j88B7L38oEGEiRiYqCq8lR+Y7NKZP8D4zd13HtT"
    "H8vKSNtVti+JHzo5ZXOyJoo/jTq2SLKDJFrMurXr4yiEVdqj3svNgwlyJqIZO2YpxTu0Ae"
    "5eJqRUuCvVcqsqnVpkpF2JcbtI4ZhWa3JElrsk82ZnQLpJE6pp6YYgNmnhUk/faY2hws/D"
    "7xPK4JMyhewdNUbUia3UHNOWNb/s4jD64t915GAnd0KnB0r1uqBltuXwUTV9aFXeLB+8hy"
    "vopOqYyy8ElognkPP5yF0jqjSOmwILFO9V2vs5rFTxID3xQz2Zj+0FgtzxQz2W4xE2Fxtw"
    "DgSzab5oyn6TDNiLjJaHduL89/fodg2bAf2B+3V/eX75RBjmRXsio8OKvAgbNC/M+y6Kv1"
    "sn58fprMJFVkrm86PN/1yIh+rcWhmKTJU2NF/rytwJ63eu68XZM5b4303BTpOacuPmGHrl"
    "KDQEu8EwW+KRHr9QEP4ZKpqBaf6eysZVVPdNStsT/tuPqJR55gN6475tNUZrCXDvYIrJpB"
    "STmy9hmk9q235XkEG6uod1JFnrJ9fNqK6qaEGO7VKzSTomlhVHZjJoQJ02sce0yY3n7KzA"
    "RrzgawrRij17AVqnJ5mdTa3KRy79dkOlSW+bx/IrjTLfVOqDZ1XBOCq1i5ZeqizB4UiM+B"
    "6ypKDgVdIp/z92gwCKfcgWogC57ghVBlXVQIGtUeyrilp2hTFWfhsI0WGZOl2MrtpVvixj"
    "BmqiYoks2VyYzEjNQyWYs1CQIjK3/3snITRbq6onIkKTRGTm6kApKY902Skm8YkVt5YSxP"
    "6n6pxMwZiJDQtGZQjyraEaSghJX+LBIG36i0E9nZD5UietboyeRmGHG34848l4uV40oS5E"
    "3e2Dv/ury9+vhn//L6/OrTO/REPDpa9FXdiwd2eymp/nl+d/fHza2KPxHE77swemBK2dk5"
    "t+kkj2ppGib85CWEnxjdsQm6oyk+sXWIZ6L++RXCONErg9s47fp7tXqUKNeN0wCbqFY3VA"
    "GMzBka3S9h6ShW+0JrQXVPSeS3GAyic6wGg7AA43ChUjBU4XyZtb9AeGbLGhDL2vEcYQZj"
    "B/ghvSBUn9mx2SfIwgb3sny9DDpTlQhQsN6IrlIgZZ/Z8vbY8YmnSgVMZV2B8CJoqELV4I"
    "8we2BBtYOga6OJGk3U5I+Yw3BfBNLmMNxGidZbOQyXir47GzrUyuP+3PEOMZ0526HG2Q6C"
    "+D68Ra3aGEkaUx5js+UxgmCaomyFwlSFLJmpTZurTRufSlYXXB1pa/JANgYwyNYuh85rw5"
    "snNOCaY5sLMTXHNn+HbgVzbHMTuKBiemtZx5MUxjy+M/O4gt3Yx5+xjycHZ8pAfnt5d397"
    "9eG+zEKukyw1WtRFSPzxt1viFB0dscrZwE0z7RSBrpUR1wTqMuymvTA9UY+zKdkAUsue2g"
    "rWyOHzNVH6CF20FZ7MUWurg5Q+262NUKXrw62OVLIaXStxijPV1gBpmRLXFoi26TO/I0IU"
    "nLkY3eqW+cxF0Kiiz/yGESRAUCT2T5QhmzxRi+T93tpWQVH+5ImH8ClquKjKhh4ZeURMgt"
    "Bo8S6OlZbHH4rw7ENud8Pi/R4Ply7o5pEQV8jOv8S9d5GMbELY/wsavCIutyayjD9ntvgx"
    "OASeCxK0kQ748GCBMXw9kamNlNvGBW5c4M+fCFdmZGvpoXC7rg/EC4WUYkdUimjvnigZa9"
    "MiTxR186woiXYPmrfB6Z1esE6qxCicFIQonOQiFGouWye54AQV1AdCQr1DI9JU7ePS9ioH"
    "GdN/E4omrhDznqUznDC5HY2H2JRJ3BnERSX4SmSc76EGX9POyDIJOc1Rn01CTisTchToGs"
    "tixIxis6L8oKp5OAxhS0V4aTJo0veMOc6Y4zqqPkAdFXdJ0MpMiS2ciagAq5+UkiJrXVWD"
    "416Vs8ugVZEAdLiBnBTVfT6BqM5sMAlaJkGrtQla+Al2Da8/82ptEGmq9mluWzl2MarEU7"
    "/8TY6yhRPkqFflpCtopZ8g8sZ6cpTqOpdDB4I4fdJsF8/l0MV0O8yhi/b6F5tCJ4Gzp1Tn"
    "Nn4O74jMpCzWwDsQQFUZMVrbVKolNhbT5z0wDh9TtooLJklogH7ONP1isrzaFX5iXL1NGP"
    "8my+sFnPG979DyZm4AJrJ8g5HlE+qa6PISmDSFr1eHKltvu5WAzRlsEMnCcavj1b6TqzIF"
    "YeJMgdVBSiQltAWkbXpgz0EftSYdjQ82vNMt88LiuM1zbthiGDbtdC3SVrReV42eEm7zzX"
    "UbbaTCR7H/8wn2Qa0qWGzgTpC00Na6FbePnFQ1EA6btxDdo0rOg6MS58FR3nkAT/S1geq/"
    "3t18LlCpY5KsJkctH/2fqmj6AtEuAVeCkTKN5vI3sokaEhwu/LGnelEdXNRT4ja/mX37f9"
    "4+vuY="
)
