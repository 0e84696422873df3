-- name: all_presets
-- Every preset with the version in force, for memory. Reads the whole table.
SELECT presets.*, preset_versions.config, preset_versions.system_prompt
FROM presets JOIN preset_versions USING (slug, version)
ORDER BY presets.slug;

-- name: put_preset
-- Stores a preset, or changes it.
INSERT INTO presets (slug, id, name, description, creator, version, created_ms, updated_ms)
VALUES (:slug, :id, :name, :description, :creator, :version, :created_ms, :updated_ms)
ON CONFLICT (slug) DO UPDATE
SET name = excluded.name, description = excluded.description, version = excluded.version,
    updated_ms = excluded.updated_ms;

-- name: insert_preset_version
-- Stores a version of a preset.
INSERT INTO preset_versions (slug, version, id, config, system_prompt, creator, created_ms)
VALUES (:slug, :version, :id, :config, :system_prompt, :creator, :created_ms);

-- name: preset_versions
-- A page of the versions of a preset, newest first.
SELECT * FROM preset_versions WHERE slug = :slug
ORDER BY version DESC LIMIT :limit OFFSET :offset;

-- name: preset_version
-- One version of a preset.
SELECT * FROM preset_versions WHERE slug = :slug AND version = :version;

-- name: delete_preset
-- Forgets a preset.
DELETE FROM presets WHERE slug = :slug;

-- name: delete_preset_versions
-- Forgets the versions of a preset.
DELETE FROM preset_versions WHERE slug = :slug;
