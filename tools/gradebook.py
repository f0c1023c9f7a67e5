"""The points in nbgrader's gradebook: those of the tests, and those that a person gave.

nbgrader asks a person again whenever a submission is graded anew, and lets no task be added to an
exercise that has submissions. Here, what a person gave is kept in a file beside the gradebook, and
counts again as long as the answer is the same.
"""

import json
import shutil

from tools import exercises, notebooks, submissions

KEPT = "given_by_persons.json"


def keep_points(course, graded):
    """Store what persons gave to submissions in ``course``.

    What was given to others stays as it was stored: their exercise may have begun anew, or their
    grading was interrupted.

    Args:
        course: the folder of nbgrader's course; nothing happens if it has no gradebook yet.
        graded: ``student/chapter`` of each submission whose grading has come to its end.
    """
    if not (course / "gradebook.db").exists():
        return
    kept = _kept(course)
    with exercises.course(course).gradebook as gradebook:
        for assignment in gradebook.assignments:
            for submission in gradebook.assignment_submissions(assignment.name):
                key = f"{submission.student.id}/{assignment.name}"
                path = notebook_path(course, submission.student.id, assignment.name)
                if key in graded and path.exists():
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
            if grade.manual_score is None and not grade.extra_credit and not comment:
                continue
            answer = answers.get(grade.name)
            if grade.needs_manual_grade and grade.name in earlier:
                answer = earlier[grade.name]["answer"]  # nobody has looked at the new one yet
            given[grade.name] = {
                "points": grade.manual_score,
                "extra": grade.extra_credit,
                "comment": comment,
                "answer": answer,
            }
    return given


def _task(name):
    return name.removesuffix("-test")


def _comments(notebook):
    return {comment.name: comment for comment in notebook.comments}


def _answers(notebook):
    """Return name of a graded cell → what it grades: answer, pictures, own cells behind it."""
    names = [submissions.grade_id(cell) for cell in notebook.cells]
    answers = {}
    for name in names:
        place = names.index(_task(name) if _task(name) in names else name)
        cell, behind = notebook.cells[place], []
        for other in notebook.cells[place + 1 :]:
            if not other.id.startswith("own-"):
                break
            behind.append(other.source)
        answers[name] = [cell.source, cell.get("attachments", {}), behind]
    return answers


def _kept(course):
    path = course / KEPT
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def notebook_path(course, student, chapter):
    """Return where nbgrader keeps a graded notebook."""
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
    shutil.rmtree(release.parent, ignore_errors=True)  # an interruption leaves none that is old
    exercises.generate(source, course)


def rows(course, chapter, student):
    """Return the points of each task of a submission, in the order of the exercise.

    Returns:
        A list of dictionaries of task, points, of and message; ``points`` is ``None`` where a
        person has to grade. The message is that of the test which failed.
    """
    notebook = notebooks.read_notebook(notebook_path(course, student, chapter))
    messages = {submissions.grade_id(cell): _message(cell) for cell in notebook.cells}
    kept, answers = _kept(course).get(f"{student}/{chapter}", {}), _answers(notebook)
    found = []
    with exercises.course(course).gradebook as gradebook:
        submission = gradebook.find_submission_notebook(chapter, chapter, student)
        for grade in submission.grades:
            message, given = messages.get(grade.name, ""), kept.get(grade.name)
            waits = grade.needs_manual_grade
            changed = given and given["answer"] != answers.get(grade.name)
            if waits and changed and given["points"] is not None:
                earlier = f"a person gave {given['points']:g} points to an earlier answer"
                message = "; ".join(filter(None, [message, earlier]))
            row = {"task": _task(grade.name), "points": None if waits else grade.score}
            found.append({**row, "of": grade.max_score, "message": message})
    order = [_task(submissions.grade_id(cell)) for cell in notebook.cells]
    return sorted(found, key=lambda row: order.index(row["task"]))


def _message(cell):
    """Return why nbgrader gives no points to a test cell: an error, or a text on stderr."""
    outputs = cell.get("outputs", ())
    errors = [output for output in outputs if output.output_type == "error"]
    if errors:  # the last one says what the interruption of an endless loop was for
        return f"{errors[-1].ename}: {errors[-1].evalue}"
    warned = [output.text for output in outputs if output.get("name") == "stderr"]
    return f"a warning: {warned[0].strip()[-300:]}" if warned else ""


def give_again(course, chapter, student):
    """Write what a person gave to a submission earlier into the gradebook, after it was graded.

    To another answer it waits for a person.
    """
    kept = _kept(course).get(f"{student}/{chapter}", {})
    if not kept:
        return
    path = notebook_path(course, student, chapter)
    answers = _answers(notebooks.read_notebook(path))
    with exercises.course(course).gradebook as gradebook:
        submission = gradebook.find_submission_notebook(chapter, chapter, student)
        comments = _comments(submission)
        for grade in submission.grades:
            if given := kept.get(grade.name):
                grade.manual_score, grade.extra_credit = given["points"], given["extra"]
                if given["points"] is not None or given["extra"]:
                    grade.needs_manual_grade = given["answer"] != answers.get(grade.name)
                if given["comment"] is not None and _task(grade.name) in comments:
                    comments[_task(grade.name)].manual_comment = given["comment"]
        gradebook.db.commit()
