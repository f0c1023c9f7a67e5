"""The points in nbgrader's gradebook: those of the tests, and those that a person gave.

nbgrader asks a person again whenever a submission is graded anew, and lets no task be added to an
exercise that has submissions. Here, what a person gave is kept in a file beside the gradebook, and
counts again as long as the answer is the same.
"""

import json
import shutil

from tools import exercises, notebooks, submissions

KEPT = "given_by_persons.json"


def keep_points(course):
    """Store what persons gave in ``course``; what an earlier gradebook held stays as it was.

    Args:
        course: the folder of nbgrader's course; nothing happens if it has no gradebook yet.
    """
    if not (course / "gradebook.db").exists():
        return
    kept = _kept(course)
    with exercises.course(course).gradebook as gradebook:
        for assignment in gradebook.assignments:
            for submission in gradebook.assignment_submissions(assignment.name):
                path = _notebook_path(course, submission.student.id, assignment.name)
                if path.exists():
                    key = f"{submission.student.id}/{assignment.name}"
                    answers = _answers(notebooks.read_notebook(path))
                    kept[key] = _given(submission, answers, kept.get(key, {}))
    notebooks.write_atomically(json.dumps(kept, indent=1), course / KEPT)


def _given(submission, answers, earlier):
    """Return name of a graded cell → what a person gave, with the answer that it was given to."""
    given = {}
    for notebook in submission.notebooks:
        comments = _comments(notebook)
        for grade in notebook.grades:
            comment = comments.get(_task(grade.name))
            comment = comment and comment.manual_comment
            if grade.needs_manual_grade and grade.name in earlier:
                given[grade.name] = earlier[grade.name]  # graded anew, and not yet looked at
            elif grade.manual_score is not None or grade.extra_credit or comment:
                given[grade.name] = {
                    "points": grade.manual_score,
                    "extra": grade.extra_credit,
                    "comment": comment,
                    "answer": answers.get(grade.name),
                }
    return given


def _task(name):
    return name.removesuffix("-test")


def _comments(notebook):
    return {comment.name: comment for comment in notebook.comments}


def _answers(notebook):
    """Return name of a graded cell → the answer that it grades, with its pictures."""
    cells = {submissions.grade_id(cell): cell for cell in notebook.cells}
    answers = {}
    for name in cells:
        cell = cells.get(_task(name), cells[name])
        answers[name] = [cell.source, cell.get("attachments", {})]
    return answers


def _kept(course):
    path = course / KEPT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _notebook_path(course, student, chapter):
    return course / "autograded" / student / chapter / f"{chapter}.ipynb"


def prepare(chapter, course):
    """Generate the exercise of a chapter in the course, if it is not what stands there.

    If it has changed since submissions were graded, its part of the gradebook begins anew; what
    persons gave has to be kept before, see :func:`keep_points`.

    Raises:
        notebooks.NotebookError: nbgrader refuses the exercise.
    """
    source = exercises.find_exercise(chapter)
    known = course / "source" / chapter / source.name
    release = course / "release" / chapter / source.name
    if release.exists() and known.read_bytes() == source.read_bytes():
        return
    if (course / "gradebook.db").exists():
        with exercises.course(course).gradebook as gradebook:
            if chapter in [assignment.name for assignment in gradebook.assignments]:
                gradebook.remove_assignment(chapter)
    for path in course.glob(f"*/*/{chapter}"):
        shutil.rmtree(path)  # what was graded by the old exercise
    exercises.generate(source, course)


def rows(course, chapter, student):
    """Return the points of each task of a submission, in the order of the exercise.

    What a person gave to the same answer earlier counts again.

    Returns:
        A list of dictionaries of task, points, of and message; ``points`` is ``None`` where a
        person has to grade. The message is that of the test which failed.
    """
    notebook = notebooks.read_notebook(_notebook_path(course, student, chapter))
    messages = {
        submissions.grade_id(cell): f"{output.ename}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    }
    kept, answers = _kept(course).get(f"{student}/{chapter}", {}), _answers(notebook)
    found = []
    with exercises.course(course).gradebook as gradebook:
        submission = gradebook.find_submission_notebook(chapter, chapter, student)
        comments = _comments(submission)
        for grade in submission.grades:
            if given := kept.get(grade.name):
                same = given["answer"] == answers.get(grade.name)
                _give_again(grade, comments.get(_task(grade.name)), given, same)
                if not same and given["points"] is not None:
                    earlier = f"a person gave {given['points']:g} points to an earlier answer"
                    message = filter(None, [messages.get(grade.name), earlier])
                    messages[grade.name] = "; ".join(message)
        gradebook.db.commit()
        for grade in submission.grades:
            points = None if grade.needs_manual_grade else grade.score
            row = {"task": _task(grade.name), "points": points, "of": grade.max_score}
            found.append({**row, "message": messages.get(grade.name, "")})
    order = [_task(submissions.grade_id(cell)) for cell in notebook.cells]
    return sorted(found, key=lambda row: order.index(row["task"]))


def _give_again(grade, comment, given, same):
    """Write what a person gave into the gradebook; to another answer it has to be given anew."""
    if given["points"] is not None:
        grade.manual_score = given["points"]
        grade.needs_manual_grade = not same
    grade.extra_credit = given["extra"]
    if comment is not None and given["comment"] is not None:
        comment.manual_comment = given["comment"]
