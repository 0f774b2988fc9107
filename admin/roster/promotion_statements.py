"""What a promotion writes, and what takes it back; `:promotion` names the lines in promoted_classes."""

ASIDE = """
UPDATE classes SET name = classes.id::text FROM promoted_classes AS line
WHERE line.promotion_id = :promotion AND line.class_id = classes.id AND classes.ended IS NULL
"""
"""In one statement a class might take a name before the class above has left it."""

DO = (
    ASIDE,
    """
    UPDATE classes SET name = line.after_name, version = line.version, grade = COALESCE(line.after_grade, grade),
        school_year = CASE WHEN line.after_grade IS NULL THEN school_year ELSE :year END,
        ended = CASE WHEN line.after_grade IS NULL THEN CAST(:day AS date) END,
        room_id = CASE WHEN line.after_grade IS NULL THEN NULL ELSE room_id END
    FROM promoted_classes AS line WHERE line.promotion_id = :promotion AND line.class_id = classes.id
    """,
    """
    UPDATE enrolments AS one SET until = GREATEST(:day, one.since), leaving = 'graduated'
    FROM promoted_classes AS line
    WHERE line.promotion_id = :promotion AND line.after_grade IS NULL AND one.class_id = line.class_id
        AND one.until IS NULL
    """,
    """
    DELETE FROM roles USING pupils AS one, promoted_classes AS line
    WHERE line.promotion_id = :promotion AND line.after_grade IS NULL AND one.class_id = line.class_id
        AND roles.person_id = one.person_id AND roles.role = 'student'
    """,
    """
    UPDATE pupils AS one SET class_id = NULL FROM promoted_classes AS line
    WHERE line.promotion_id = :promotion AND line.after_grade IS NULL AND one.class_id = line.class_id
    """,
)
"""Leavers sign in no more; a class that left gives its room free."""

RETURNING = """
    CREATE TEMPORARY TABLE returning_pupils ON COMMIT DROP AS
    SELECT one.id, one.person_id, one.class_id, classes.school_id
    FROM enrolments AS one
    JOIN promoted_classes AS line ON line.class_id = one.class_id
    JOIN classes ON classes.id = one.class_id
    WHERE line.promotion_id = :promotion AND line.after_grade IS NULL AND one.leaving = 'graduated'
        AND one.until >= :day AND NOT EXISTS (
            SELECT FROM enrolments AS later WHERE later.person_id = one.person_id AND later.since >= one.until
                AND later.id <> one.id)
"""
"""Who has begun at another school since stays there."""

TAKE_BACK = (
    ASIDE,
    """
    UPDATE classes SET name = line.before_name, grade = line.before_grade, school_year = line.before_year,
        room_id = line.before_room_id, ended = NULL, version = classes.version + 1
    FROM promoted_classes AS line WHERE line.promotion_id = :promotion AND line.class_id = classes.id
    """,
    RETURNING,
    """
    UPDATE pupils SET class_id = one.class_id FROM returning_pupils AS one WHERE pupils.person_id = one.person_id
    """,
    """
    INSERT INTO roles (id, person_id, role, organisation_id)
    SELECT gen_random_uuid(), person_id, 'student', school_id FROM returning_pupils ON CONFLICT DO NOTHING
    """,
    """
    UPDATE enrolments SET until = NULL, leaving = NULL FROM returning_pupils AS one WHERE enrolments.id = one.id
    """,
    "DROP TABLE returning_pupils",
)
