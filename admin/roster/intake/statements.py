"""What a check asks and an application writes, for all lines at once. `:import` names the import; every statement is
one pass over its lines."""

FIND_SCHOOLS = """
UPDATE import_lines AS line SET school_id = found.id
FROM (
    SELECT wanted.school, min(place.id::text)::uuid AS id, count(*) AS matches
    FROM (SELECT DISTINCT school FROM import_lines WHERE import_id = :import) AS wanted
    JOIN organisations AS place ON wanted.school IN (place.identification, place.name_zh)
        AND place.tier IN ('school', 'teaching_point') AND place.ended IS NULL
        AND (place.path = :path OR starts_with(place.path, :path || '.'))
    GROUP BY wanted.school
) AS found
WHERE line.import_id = :import AND line.school = found.school AND found.matches = 1
"""

SAY_WHICH_SCHOOL = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'school',
    'zh', '在您的范围内没有学校“' || line.school || '”，或者有几所同名；请写学校标识码。',
    'en', 'No school “' || line.school || '” in your place, or several; write its identification code.')))::json
WHERE line.import_id = :import AND line.school_id IS NULL AND line.school <> ''
"""

SAY_TWICE = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'identity',
    'zh', '和第 ' || other.number || ' 行是同一个号码。',
    'en', 'The same number as in row ' || other.number || '.')))::json
FROM (
    SELECT identity_blind, min(number) AS number FROM import_lines
    WHERE import_id = :import AND identity_blind IS NOT NULL GROUP BY identity_blind HAVING count(*) > 1
) AS other
WHERE line.import_id = :import AND line.identity_blind = other.identity_blind AND line.number <> other.number
"""

SAY_TWICE_AS_PUPIL = SAY_TWICE.replace("identity_blind", "pupil_blind").replace("'identity'", "'pupil_number'")

FIND_CLASSES = """
UPDATE import_lines AS line SET class_id = classes.id FROM classes
WHERE line.import_id = :import AND line.kind = 'pupil' AND classes.school_id = line.school_id
    AND classes.name = line.class_name AND classes.ended IS NULL
"""

NEW_CLASSES = """
UPDATE import_lines AS line SET class_id = made.id, new_class = true
FROM (
    SELECT school_id, class_name, md5(CAST(:import AS text) || school_id::text || class_name)::uuid AS id
    FROM import_lines
    WHERE import_id = :import AND kind = 'pupil' AND class_id IS NULL AND school_id IS NOT NULL AND class_name <> ''
    GROUP BY school_id, class_name
) AS made
WHERE line.import_id = :import AND line.school_id = made.school_id AND line.class_name = made.class_name
    AND line.class_id IS NULL
"""

"""The id is made from what it stands for: a random one might be drawn anew for each line."""

FIND_BY_IDENTITY = """
UPDATE import_lines AS line SET person_id = known.person_id FROM person_numbers AS known
WHERE line.import_id = :import AND known.kind = 'identity' AND known.blind = line.identity_blind
"""

FIND_BY_PUPIL_NUMBER = """
UPDATE import_lines AS line SET person_id = known.person_id FROM person_numbers AS known
WHERE line.import_id = :import AND known.kind = 'pupil' AND known.blind = line.pupil_blind AND line.person_id IS NULL
"""

FIND_IN_CLASS = """
UPDATE import_lines AS line SET person_id = found.person_id
FROM (
    SELECT line.number, min(people.id::text)::uuid AS person_id
    FROM import_lines AS line
    JOIN pupils ON pupils.class_id = line.class_id
    JOIN people ON people.id = pupils.person_id AND people.name = line.name
    WHERE line.import_id = :import AND line.kind = 'pupil' AND line.person_id IS NULL
        AND line.identity_blind IS NULL AND line.pupil_blind IS NULL
    GROUP BY line.number HAVING count(*) = 1
) AS found
WHERE line.import_id = :import AND line.number = found.number
"""
"""Who has no number is known by class and name, so that a file that comes twice makes nobody twice."""

FIND_STAFF = """
UPDATE import_lines AS line SET person_id = found.person_id
FROM (
    SELECT line.number, min(people.id::text)::uuid AS person_id
    FROM import_lines AS line
    JOIN people ON CASE WHEN line.username IS NULL THEN people.name = line.name ELSE people.username = line.username END
    JOIN roles ON roles.person_id = people.id AND roles.role::text = line.role
        AND roles.organisation_id = line.school_id
    WHERE line.import_id = :import AND line.kind = 'staff' AND line.person_id IS NULL
    GROUP BY line.number HAVING count(*) = 1
) AS found
WHERE line.import_id = :import AND line.number = found.number
"""

SAY_USERNAME_TAKEN = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'username',
    'zh', '用户名“' || line.username || '”已有人用。',
    'en', 'The user name “' || line.username || '” is taken.')))::json
WHERE line.import_id = :import AND line.kind = 'staff' AND line.person_id IS NULL AND line.username IS NOT NULL
    AND (EXISTS (SELECT FROM people WHERE people.username = line.username)
        OR EXISTS (SELECT FROM import_lines AS other WHERE other.import_id = :import
            AND other.username = line.username AND other.number < line.number))
"""

SAY_OUTSIDE = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'identity',
    'zh', '这个号码的人在别处就读，请由上级办理转学。',
    'en', 'The person of this number is in a school elsewhere; let the tier above move the pupil.')))::json
FROM pupils JOIN classes ON classes.id = pupils.class_id JOIN organisations AS place ON place.id = classes.school_id
WHERE line.import_id = :import AND line.kind = 'pupil' AND pupils.person_id = line.person_id
    AND NOT (place.path = :path OR starts_with(place.path, :path || '.'))
"""

SAY_NO_PUPIL = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'identity',
    'zh', '这个号码属于一位不是学生的人。', 'en', 'The number belongs to somebody who is no pupil.')))::json
WHERE line.import_id = :import AND line.kind = 'pupil' AND line.person_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM pupils WHERE pupils.person_id = line.person_id)
"""

SAY_TWO_PEOPLE = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'pupil_number',
    'zh', '身份证号和学籍号属于两个人，请核对。', 'en', 'The two numbers belong to two people; check them.')))::json
FROM person_numbers AS known
WHERE line.import_id = :import AND known.kind = 'pupil' AND known.blind = line.pupil_blind
    AND known.person_id <> line.person_id
"""

SAY_SAME_PERSON = """
UPDATE import_lines AS line SET mistakes = (line.mistakes::jsonb || jsonb_build_array(jsonb_build_object(
    'column', 'name',
    'zh', '和第 ' || other.number || ' 行是同一个人；只是同名的，请写上号码。',
    'en', 'The same person as in row ' || other.number || '; tell namesakes apart by a number.')))::json
FROM (
    SELECT person_id, min(number) AS number FROM import_lines
    WHERE import_id = :import AND person_id IS NOT NULL GROUP BY person_id HAVING count(*) > 1
) AS other
WHERE line.import_id = :import AND line.person_id = other.person_id AND line.number <> other.number
    AND json_array_length(line.mistakes) = 0
"""

DECIDE = """
UPDATE import_lines AS line SET
    action = CASE WHEN line.person_id IS NULL THEN 'create'
        WHEN line.kind = 'staff' OR line.class_id IS NOT DISTINCT FROM now.class_id THEN 'same' ELSE 'move' END,
    person_id = COALESCE(line.person_id, gen_random_uuid()),
    before_class_id = now.class_id, before_name = now.name
FROM import_lines AS own LEFT JOIN pupils AS now ON now.person_id = own.person_id
WHERE line.import_id = :import AND own.import_id = :import AND own.number = line.number
    AND json_array_length(line.mistakes) = 0
"""

CHECK = (
    FIND_SCHOOLS,
    SAY_WHICH_SCHOOL,
    SAY_TWICE,
    SAY_TWICE_AS_PUPIL,
    FIND_CLASSES,
    NEW_CLASSES,
    FIND_BY_IDENTITY,
    FIND_BY_PUPIL_NUMBER,
    FIND_IN_CLASS,
    FIND_STAFF,
    SAY_USERNAME_TAKEN,
    SAY_OUTSIDE,
    SAY_NO_PUPIL,
    SAY_TWO_PEOPLE,
    SAY_SAME_PERSON,
    DECIDE,
)

COUNTS = """
SELECT count(*) AS lines, count(*) FILTER (WHERE action IS NULL) AS wrong,
    count(*) FILTER (WHERE action = 'create') AS create, count(*) FILTER (WHERE action = 'move') AS move,
    count(*) FILTER (WHERE action = 'same') AS same,
    count(DISTINCT class_id) FILTER (WHERE new_class AND action IS NOT NULL) AS classes
FROM import_lines WHERE import_id = :import
"""

NEW_PEOPLE = """
INSERT INTO people (id, username, name, language, version, demo)
SELECT person_id, username, name, 'zh', 1, false FROM import_lines
WHERE import_id = :import AND action = 'create'
"""

CLOSE_YEARS = """
UPDATE enrolments AS year SET until = GREATEST(:day, year.since), leaving = 'transferred'
FROM import_lines AS line
WHERE line.import_id = :import AND line.action = 'move' AND year.person_id = line.person_id AND year.until IS NULL
"""

TYPED_NAMES = """
CREATE TEMPORARY TABLE typed_names ON COMMIT DROP AS
SELECT line.number, left(line.name, 36) || CASE WHEN place = 1 THEN '' ELSE place::text END AS name FROM (
    SELECT line.number, line.name, row_number() OVER (PARTITION BY line.class_id, line.name ORDER BY line.number)
        + (SELECT count(*) FROM pupils WHERE pupils.class_id = line.class_id
            AND starts_with(pupils.name, left(line.name, 36))
            AND substr(pupils.name, length(left(line.name, 36)) + 1) ~ '^[0-9]*$')
        AS place
    FROM import_lines AS line
    WHERE line.import_id = :import AND line.kind = 'pupil' AND line.action IN ('create', 'move')
) AS line
"""
"""What a pupil types: of two of one name in a class the second has a figure behind."""

NEW_PUPILS = """
INSERT INTO pupils (person_id, class_id, name)
SELECT line.person_id, line.class_id, typed_names.name FROM import_lines AS line JOIN typed_names USING (number)
WHERE line.import_id = :import AND line.action = 'create' AND line.kind = 'pupil'
"""

MOVE_PUPILS = """
UPDATE pupils SET class_id = line.class_id, name = typed_names.name
FROM import_lines AS line JOIN typed_names USING (number)
WHERE line.import_id = :import AND line.action = 'move' AND pupils.person_id = line.person_id
"""

NEW_YEARS = """
INSERT INTO enrolments (id, person_id, class_id, since, note)
SELECT gen_random_uuid(), person_id, class_id, :day, '' FROM import_lines
WHERE import_id = :import AND kind = 'pupil' AND action IN ('create', 'move')
"""

LEAVE_SCHOOLS = """
DELETE FROM roles USING import_lines AS line
WHERE line.import_id = :import AND line.action = 'move' AND roles.person_id = line.person_id AND roles.role = 'student'
"""

NEW_ROLES = """
INSERT INTO roles (id, person_id, role, organisation_id)
SELECT gen_random_uuid(), person_id, role::role, school_id FROM import_lines
WHERE import_id = :import AND action IN ('create', 'move')
ON CONFLICT DO NOTHING
"""

APPLY = (
    NEW_PEOPLE,
    CLOSE_YEARS,
    TYPED_NAMES,
    NEW_PUPILS,
    MOVE_PUPILS,
    NEW_YEARS,
    LEAVE_SCHOOLS,
    NEW_ROLES,
    "DROP TABLE typed_names",
)

CHANGED_SINCE = """
SELECT line.number, line.name FROM import_lines AS line
LEFT JOIN pupils ON pupils.person_id = line.person_id
LEFT JOIN people ON people.id = line.person_id
WHERE line.import_id = :import AND line.action IN ('create', 'move') AND (
    people.id IS NULL OR people.version <> 1 AND line.action = 'create' OR people.disabled_at IS NOT NULL
    OR line.kind = 'pupil' AND (pupils.class_id IS DISTINCT FROM line.class_id OR EXISTS (
        SELECT FROM enrolments AS year WHERE year.person_id = line.person_id AND year.since > :day))
    OR line.kind = 'staff' AND EXISTS (SELECT FROM sessions WHERE sessions.person_id = line.person_id)
) ORDER BY line.number LIMIT 50
"""

UNDO = (
    """
    DELETE FROM person_keys USING import_lines AS line
    WHERE line.import_id = :import AND line.action = 'create' AND person_keys.person_id = line.person_id
    """,
    """
    DELETE FROM people USING import_lines AS line
    WHERE line.import_id = :import AND line.action = 'create' AND people.id = line.person_id
    """,
    """
    DELETE FROM enrolments AS year USING import_lines AS line
    WHERE line.import_id = :import AND line.action = 'move' AND year.person_id = line.person_id
        AND year.class_id = line.class_id AND year.until IS NULL
    """,
    """
    UPDATE enrolments AS year SET until = NULL, leaving = NULL FROM import_lines AS line
    WHERE line.import_id = :import AND line.action = 'move' AND line.before_class_id IS NOT NULL
        AND year.person_id = line.person_id AND year.class_id = line.before_class_id AND year.leaving = 'transferred'
        AND year.until >= :day
    """,
    """
    UPDATE pupils SET class_id = line.before_class_id, name = line.before_name FROM import_lines AS line
    WHERE line.import_id = :import AND line.action = 'move' AND pupils.person_id = line.person_id
    """,
    """
    DELETE FROM roles USING import_lines AS line
    WHERE line.import_id = :import AND line.action = 'move' AND roles.person_id = line.person_id
        AND roles.role = 'student'
    """,
    """
    INSERT INTO roles (id, person_id, role, organisation_id)
    SELECT gen_random_uuid(), line.person_id, 'student', classes.school_id
    FROM import_lines AS line JOIN classes ON classes.id = line.before_class_id
    WHERE line.import_id = :import AND line.action = 'move' ON CONFLICT DO NOTHING
    """,
    """
    DELETE FROM classes USING (
        SELECT DISTINCT class_id FROM import_lines WHERE import_id = :import AND new_class
    ) AS made
    WHERE classes.id = made.class_id AND classes.version = 1
        AND NOT EXISTS (SELECT FROM enrolments WHERE enrolments.class_id = classes.id)
        AND NOT EXISTS (SELECT FROM pupils WHERE pupils.class_id = classes.id)
    """,
)
