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
CREATE INDEX IF NOT EXISTS "idx_collections_project_942d67" ON "collections" ("project_id", "revision");
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
CREATE INDEX IF NOT EXISTS "idx_endpoints_project_e5b18f" ON "endpoints" ("project_id", "revision");
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
CREATE INDEX IF NOT EXISTS "idx_flows_project_45f26e" ON "flows" ("project_id", "revision");
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
CREATE INDEX IF NOT EXISTS "idx_audit_log_project_1515e1" ON "audit_log" ("project_id", "at");
CREATE INDEX IF NOT EXISTS "idx_environment_project_8b5af2" ON "environments" ("project_id", "revision");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztXetz2za2/1cw+tJ0RvXYsp04yZ07Y6fO1m0c79judjtxR4JISMKaArgEZUXTm//9Hg"
    "Ck+KZJPWkGn2yROCD5O3icN/7uTLlNHHFw7vtk6vqdd+jvDsNTAv+kb3VRB7tudENe8PHQ"
    "UW2xbqQu4qHwPWzJzkbYEQQu2URYHnV9ypls/QufIz7yCUOCT4k/oWyMxjPs2cRGcyyQ71"
    "H5H5V3EPUF/MtsPu8iMcEe3BkuEHYcNOfeI/HEgXyozS14KnS0pf5njP53Rvo+H0N/xIOn"
    "fPkLLgMd+UpE+NN97I8ocewEjo9kIXtQN/r+wlUXz4VF6UfVVr79sG9xZzZlsfbuwp9wti"
    "SAr5NXx4QRD/vEjqHLZo4TMCK8pF8XLvjejCzf044u2GSEZ47kkaTWrxBd6/T7n2/u+3eX"
    "9/1+J8O/kCIGeXDJ4kzynjJfKAim+GvfIWzsT+Dn65Nv+jkRErqVfOC/zm8//HJ+++r1yY"
    "/ygdOF+K+Tuo7kP+cf7i9vEbwYwhJB9OHm06fz+0v9qz+kTFJzGH56XH4O6Huq42/qBbCP"
    "9SsotkV8sviM+VlOXTE/n0/L9ilOUX21LqfCCxGrotkT8uVwW4wayzf4qXd08ubk7Pj1yR"
    "k0UW+5vPKmhHdXn+8VtBGU5KtLPSL6OAfPezol+YAmqVKoAtuID6QH4T+bwXiX06HC8O8d"
    "J4f/zzC276+uL18dy9Erl5jRY2zwygtDbD3OYW3rZ+7wHi9qm7017U3TVzDDYwWS/Bz58u"
    "GOMLOpf8l8b5G7X0R3y7cM2a7v8HG1PeOPCUc2hVV7gn3kc/hLrQlSa3sXzT3qy+UelnNY"
    "nYGpmAnoDUjhN7SXhNTPbhSb6PSBPbA/YCvhMx+NuEfomCFYwsU7hBkiEgcEtxz6RITqx/"
    "X4f4jlw11b/4YthrMDNBh45IkK6H4wQFS1fWBB4x8ECm/qZ0tCa4LZmKAptgGuefAGY+yK"
    "9+jz758+wccQj8R2QLnzceYskMP5I+xy2C/a2b50guf2qZql4bM7f6X2vC8dAIR7QTOYt3"
    "A/TSyvFu6NuklqwbXzlwfddlfbYud/RjOmuT3GQmAXdheYPYTZB8FA17PlgJE5fOn/dnay"
    "hx6/LllE1Apy/Dq5goQX19s9Za/lu2e9pX6vS3wJay2HW48HjM+3xs+1N4H4Pqtnn8Kvjo"
    "SZJNvMjKoivuxM1DwqmyYhzEev80XNo3Uny9HrfD7VWeziFCsxKBj1zeTPvpexiDM+bIWs"
    "FmfiFIYz2+NMUoqoxpskjeHO9rizFAkzvLmg40KVOU61ktbcNO5ovfltr3d8/KZ3ePz67P"
    "TkzZvTs8OlAp29VaZJX1z9QyrTCS5ktWuthNTd8fNhb8Nu3wzDUnxuCD7zLFJfMMtQtpBb"
    "x70K3Dru5XMLrq+5kvUKuVVno0kRmZ1mmztNALW6kOHQhwn2nuFRSNg+LvVOT6vok6enPx"
    "bhre4lAbeJj6k21iWh/lVwlg91jCQFMh9Kgezl4VwC6/3lv9UWPRXByA/RfHV9/u/knLi+"
    "/Pnq9+uQIIb/h083F5lxDh8u8uXd0i0jTta+IX7UO6uiy/fOCpR5uLGmNi+7TrKKurVYpJ"
    "u3jzUnVRafk9N8xsD19fhyctogl8gH7jjECuDMuERid7tlLhFr2a6iI/0cjbhjEw/xESLM"
    "drlklPIswIXRzJMGfRTrNesBqd2DdHcMBoIOHeihz0dLZwVysUeYdFVQu4u4F3d2wMXAae"
    "Fzt6u6HwwkSP0JFhPoQt66++X8p97pa3jwA5O/1YvZSDbrIsEjx4e0QQ+xIOiREFeoBgLp"
    "KYLwlLMxCl5PoFfSEwIP94CKCp8yy0cUvgBLtw5MoR8P0F3YVjbiHmChIwAGA5cL6it/TF"
    "c+l6m4gDGRrpoQqr5yAsMHqL+B0ybC0aYefL2zQCrOQH03gPVIXF/2FXPiqG/Djk881ce0"
    "2DMTIS+bLDHMcc0kW4Yfk3DRJG50lYslfTvp+zFOnBbI1sVOnOSQqcbR1DBrocLaGFWorg"
    "a0luLTbKZsRfOJVtM64l2CqoVQN828Fv+oDJ/uydcC23OKrA3i+GaU1E83n/9RTUWNiwoV"
    "g+TiJCZOLhMnlxAja8CaJTTgpsHdk4uqiZju2EFleUTiUzP8M0m1m9igLCfaExw0c+0VuJ"
    "CkMlxYlwvaKlIviiFOsiU5ZX9pAM1Rp/YUYdJsaX+/7MmYczPcyrLqow66/o0sFMuu4OMw"
    "s/IU38Dm88+opxfGqm/hcAyvRjPZw/OlaS41SgEB+G7ia2vB+d2H858vOzmL1AagTVq6X9"
    "QqVRnb+OqcD22xDyImI02oY0NPOdJpQPnxt1vi4ALlaTt4N2Iw52pIOe7oOjhdBt20aM4n"
    "YBo5fL4mRB+hixYNom16+5ajKcfXFx9pxZ6+xLCu4ucT+InYKHD257nxkg2kl+5+QtCvdz"
    "efkZZeBJpwx9ZXfPLVj3xqoHfZArkgZ0snlT/x+Gw8OQg9dI9kMRgELruZ54S/PfLAVNoU"
    "RoJgz5qotCLogVXMl/0Sc3cW+aGSLWQiE7cr+KxyLkW0xsfVfjGyW+LjMk6UHThRcnPePy"
    "qHfokTZaOZ7y8Y6YwXRd5IzYuZPzqbDk+WMyP4XTY3cpgVLYuV3V2xVbiFfDqswqbDAi4d"
    "rrl4yY5TNjzPqbNWBc1byZjDaqw5PCxerNTNDMD1F6sYkYE6bx4cZmbCKstVDruM79f4fp"
    "/B/KW4JyegdRGvIMy+eCjHyHa39nT+/rYHZ8uWAu1d7OFpbdwjKrN6rIL6kNs5u2w55iGN"
    "QXxVxOunICao2gB8Urg5rSLanBYINqfrCvinGYEGz/ycaMPyaRHStIE7u58W5Cueug6pvQ"
    "HE6QzyK228Mw9EwpzlqGTXjUgM5vWF9jA5cDWRJ0tteLBaZqdw4R1IX1gTMsX12ZAhN3xY"
    "hQ9aderLV1tN61qSGvxXmwcmINcE5NblRHtCQU1AbhO4EMUU1Ar8zJC10PK/b6e9Cc1tMH"
    "tMaO5eQnOTIVC7DM99qQhnVuq6QbrbDR18oh5nU1IUPRjd7pYHEC4bVo4hlM+ykSC+rO3x"
    "hD0qO8utCVLQUkYVni9//yCgBciIPlxxZmRZ2YIwy1u4MKxk1YvBYEk+GATFQ+KFP4LaIV"
    "HtD5Qq/SHjEIOhpKuNyChGkSouQm1dYUM8sKAtigGkghdVSfSglDuXIYmioKgIdmQsLeIM"
    "rgV9QZMpF8+XS5f3yypymJDD9m6PXWRCDisw6ahSbMlRSRTPUTYqxNRtePF1G4onQwtjd9"
    "IuyWo+yeIpcZqdEstdN9/SmQ91gmjVQo7rmheGM+r4lIkDhwp/HyaFLVk/IyGm+raepNnI"
    "0G/QgWD73rCNZdpYpo1NtGMs0w3hgjF6Nm6TMEbPnRk992OPU1nPOYa4MBu62AK3TLl+3v"
    "R2qwNpZHKsPBRQFZnVR/bpkwdVV2jk8akyO/lcWaQY+ZqT6btGX9r6Jhv0palCW9+W+cCh"
    "cUxMsEvkD30YIvXVwYHBYYjvkPCJK1R9XwaY6FLBxB6TqsfkZo1lQSZNXh6v6MuDS55Ihb"
    "bGoNaypbdrDGqVsrVMDm8jkd5dDq/JidtXeO1yK803shVjnyBsxVTZvT1NYUiZO8urDVQB"
    "/oh0h3l0X/5qj0EzIZ2lrGacOwQXWJkTdCnsh0C4LfBDqWu34F/c3HxKgH9xlcb29+uLy9"
    "tXR4oT0Ij6BbYyY6U0Vsrv2T5mrJRN4MJe42ebVTKyWeqyMSQ3mD3GkPydRc82a6XaTOys"
    "HP0yjnJfxvorm0xd7hNmLTo5Nvv47W6Z6Z6mGlaInQ1yYbWhHcu41tjTfvotrJHZRRyGkD"
    "Say2hY2NNZV4alwi0xJ15eqO1mOtamfV2aMxtSO59wWKceiY1G3NNughmTh/5pEz+QdeG5"
    "qvLD8jw+7IfBuPL6gexeP0s/YRnk20WCyjfDLHgXNMULZGHPWyCMfA4ijgzhBaXP4tOpdC"
    "LYugcZXaxdDg8M4GdCn1EePjV+MJ50QEyxTd7Da/vUge5AuxQg06mf0J3gUyJfE8259yhj"
    "dwGbiv6IQm9BrvmzJJxwo4bPBkXpNCOMsNgXsBy2tbiVoGqhtNMMriWMRcv5X99elCDdoc"
    "loeeXF2oziC2UdrTlNty+9eT8m6/paMciO/izHEF1olosIVjLKNczzsunieFqUyDN0Muwt"
    "8hGNaNIrxMLXIc0vC9OyBUJa4+MLBAzYi6vP57d/5ruzwvYuF/7YUx11Lv68vzzP1EZyKd"
    "yuaWFLUu1mpdiD8rT6QpFR/vekPrEn6uPg67PaU3S3XHlatquaeChl+hEoBj5H/+EybCnM"
    "3OvKS6CckCe4C8KYlvbJT1MMQj62bRhUeemJ6/UnVaUr0Jwcyh6lHgJ6EJVHJ6iQKal5UF"
    "sFNcl/B4NgpFJ9CrjWl8aeDLHCItDGPGgyJ/YBulI/x5yBRhPT1rBlEa0p2cSCp8KzpBYG"
    "+p4NunfhcQmJ6CYiP0HFVqSzCk20Uyvsg2UajmJ+lpnF4U5LghYqNr3TKpoNtCqJd8poJ9"
    "H0yqBcFvCUINsW1nt0aFSqhn9cVA7/OFsPf4WAp+NsUfxoTa4hbyeJducIP3ohErdxcTdB"
    "jTQC+NYhVvIrDNnhopZ/NENm/NfGf/39sMf4r/fiv45WnQ3A+7sgL2+NqopsZn1ulOf6Wi"
    "pkOUaX60BRKza3SBWjcoUnZegIXKbSO+xzNCRIEOZ3wwyuMM0r5XJVTuHAXjHks9wjJjfY"
    "e+CvhiE1GKgyT0J5s30ydR0YmcFxkyPoQejDJhG1da6Zbiz92BQey5SpBweFqN4po47Qh1"
    "NKh3FkpJFvqUpJzQiISdoDPZ/AC8sEOW+hEuS6ukiUMt2M6RPcnLnvl/Yk6MFWvU35ExEP"
    "TAEB7yEHBxpRT8RO1GRceaOBlwTZnIiuenU9HLV33uNz/SD5QwELkzM0W63vvDbGn5e0uX"
    "ZLjD9yjtTybIcEbRSBepXsEUXmiHV51cuWDbGoS3NPTi82ziWIWsikrRjo1E6QRbm4lNGS"
    "YO9ljGxqtamMEfblJp3HjELTW5ykNRkoGzO8aYmkjrknotiAqWcFab895jYHC79PPI/nhB"
    "oUr+BJqjYkzu6gIJ2xL3/n0QfXlnsvo4E7eWpweK9bqgpbbl8FFFfWh13iwfvIEsCKTqmN"
    "sipKYIZ5Dz+chdI8w2jpoIhxnvq7Xmc1K6PEBr4paLIx/aGxWp4paLLdgibC4m4BwJdsNs"
    "0YUJOhmiFxk9Hu3F6e//wOwbJhP7A/bq/uL98poxxJr2RVeHBWgQNnhfifpdFX62X9GP0k"
    "mUmsSF3fdIi+65ER/VqLQxFJk6fGivx5W4E9b/O583ZN5rw10nNTpOeMuviEHbpKHYJc4p"
    "0o8E2JWq8PeACXTEe1+CzPzlpW+SSPujX2px1XQPHIE+zGdcd8ksoM9tLBHoJVMzApQ9Y+"
    "g9S+9bYsj2BjFfWOschSto9PW1HdlBDDvXrFZhI0LYzMbsyEMKF6jWOPCdXbT6kZveZsAN"
    "uKcXoNW6Eql5hJrM1NqgV/TaZDZZnP+if0nW6pd0K1qeOaEFzFyy3TF2UGoUB8DlxXkXJI"
    "d4l8zt+jwSCYcgeqgSx6ghdClXZRIWc09yDHLT0lN11xFgzbcJExmYqt3F66JW4MY6Zqgi"
    "LZXJnMSMxILZO1WBMjMLLydy8rN1Gkqysqh5JCY+TkRiogsXnfJCn5hhG5lRfG8iTul0rM"
    "nIEICU1rBvWowh06DSWo9meRIPhGpZ7Izn6oFNGzRk8mN8OIux135rlcrBxXEiNv8sbe+d"
    "fl7dXHP/uX1+dXn96hJ+LR0aKval88sNtLSfXP87u7P25uVfyJIH7fhdEDU8pOz7lNJ3lU"
    "S9Mw4ScvIfzE6I5N0B1NAYqtQzwT9c+wEMaJXhncxmnX36vVo0S5bpwG2ES1uqEKYGjOyN"
    "H9YpaOYrUvsBZU95SEfovBIDzLajAIijAOFyoFQxXPl1n6C4RntqwDsawfzxFmMHaAH9IL"
    "QvMzOzb7BFnc4F6WsJdBZ6oaAdLrjegqBVL2mS5xjx2feKo0wDQqI4BBQxWqDn+I2QPTFQ"
    "9010YTNZqoyR8xB+K+CKTNgbiNEq23ciAuFX13NnSolcX9uSMeIjpzvkON8x0E8X14i1q1"
    "MeI0pjzGZstj6GCaomyFwlSFNJmpT5upTxudTFYX3DzS1uSBbAxgkK1dDp3XhjdLaMA1Rz"
    "cXYmqObv4O3Qrm6OYmcEHF9NayjscpjHl8Z+ZxBbuxjz9jH48PzoSB/Pby7v726sN9mYU8"
    "T7LM0aIuAuKPv90Sp+j4iFXOB26aaacI9FwZcU2gLoNu2gvTE/U4m5INILXsqa1gjRw+Xx"
    "Olj9BFW+FJHbe2OkjJ893aCFWyPtzqSMWr0bUSpyhTbQ2QlilxbYFomz7zOyJEwbmL4a1u"
    "mc9c6EYVfeY3jCABgiKxf6IM2eSJWiTr985tpQvzx089hE9Rw0VVNvTIyCNiokOjxbsoVl"
    "oegSiC8w+53Q0K+Hs8WLqgm0dCXCE7/xL13kUysglh/y9o8Iq43JrIUv6c2eJHfRA8F0S3"
    "kQ744HCBMXw9kamNlNvGBW5c4M+fCldmZGvpwXC7rg/EC4WUYkdUgmjvnigZa9MiTxR1s6"
    "woiXbXzdvg9E4uWCdVYhROCkIUTjIRCjWXrZNMcIIK6gMhod6hEUmq9nFpe5WDjOm/CUUT"
    "V4h5T9MZTpjcjsZDbMok7gziohJ8JTLO91CDr2lnZJmEnOaozyYhp5UJOQr0HMtiyIxis6"
    "L8oKp5OAxhS0V45WTQJO8Zc5wxx3VUfYA6Ku6SoJWZEls4E1EBVj8pJUHWuqoGx70qZ5dB"
    "qyIB6HADOSmq+2wCUZ3ZYBK0TIJWaxO08BPsGl5/5tXaIJJU7dPctnLsYliJp375mwxlCy"
    "fIUa/KSVfQKn+CyBvryVGq60wOHQji9Clnu3guhy6i22EOXbjXv9gUOgmcPaV5buPn8A7J"
    "TMpiDby1AKrKiNHaptJcYmMxfd4D4/AxZau4YOKEBujnTNMvJsurXeEnxtXbhPFvsrxewB"
    "nf+w4tb+YGYCLLNxhZPqGuiS4vgSmn8PXqUKXrbbcSsDmDDSJeOG51vNp3clWqIEyUKbA6"
    "SLGkhLaAtE0P7Dnoo9akk+ODDe50y7ywOGrznBu2GIZNO12LtJVcr2uOnhJs8811G22kwk"
    "ex//MJ9sFcVbDYwB0jaaGtdStuHzmpaiAcNG8hukeVnAdHJc6Do6zzAJ7o5waq/3p387lA"
    "pY5I0poctXz0f6qi6QtEuwRcCUbCNJrJ30gnakhwuPDHnupFdXBRT4nb/Gb27f8BaazeeA"
    "=="
)
