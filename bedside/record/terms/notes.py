"""Note templates: the parts of a note, and what each kind of visit asks for in them.

Source: the parts are the problem-oriented record's subjective, objective, assessment and plan (L. L. Weed, 1968), in
words a patient can read, with one part written to the patient (it goes on the visit summary).
"""

from __future__ import annotations

from dataclasses import dataclass

from bedside.record.words import Words

SECTIONS: dict[str, Words] = {
    "said": Words("What the patient says", "Lo que dice el paciente"),
    "found": Words("What you found", "Lo que usted encontró"),
    "assessment": Words("What you think it is", "Lo que usted piensa que es"),
    "plan": Words("Plan", "Plan"),
    "for_patient": Words("Words for the patient", "Palabras para el paciente"),
}

ADDENDUM = Words("Addendum", "Adenda")


@dataclass(frozen=True, slots=True)
class NoteTemplate:
    """A kind of note: its name and, for each part, a hint of what belongs there."""

    key: str
    name: Words
    hints: dict[str, Words]


_FOR_PATIENT = Words(
    "Two or three short lines: what it is, what to do, when to call.",
    "Dos o tres líneas cortas: qué es, qué hacer, cuándo llamar.",
)

_ALL = [
    NoteTemplate(
        "general",
        Words("General visit", "Consulta general"),
        {
            "said": Words(
                "Since when, where, how bad, what helps, what they fear.",
                "Desde cuándo, dónde, qué tan fuerte, qué ayuda, qué teme.",
            ),
            "found": Words(
                "What you see and hear, home measurements.", "Lo que usted ve y oye, las medidas tomadas en casa."
            ),
            "assessment": Words(
                "Most likely, and what must not be missed.", "Lo más probable, y lo que no se debe pasar por alto."
            ),
            "plan": Words(
                "Treatment, tests, safety net, follow-up.",
                "Tratamiento, pruebas, señales de alarma, seguimiento.",
            ),
            "for_patient": _FOR_PATIENT,
        },
    ),
    NoteTemplate(
        "follow_up",
        Words("Follow-up", "Seguimiento"),
        {
            "said": Words(
                "Better, same or worse? What was done of the plan? Side effects?",
                "¿Mejor, igual o peor? ¿Qué se hizo del plan? ¿Efectos no deseados?",
            ),
            "found": Words(
                "Values since last visit, against the goal.", "Los valores desde la última consulta, frente a la meta."
            ),
            "assessment": Words("Is the goal met?", "¿Se cumple la meta?"),
            "plan": Words("Go on, change or stop; next check.", "Seguir, cambiar o suspender; próximo control."),
            "for_patient": _FOR_PATIENT,
        },
    ),
    NoteTemplate(
        "respiratory",
        Words("Cough, cold or fever", "Tos, catarro o fiebre"),
        {
            "said": Words(
                "Days ill, fever, cough, phlegm, short of breath, contacts, vaccines.",
                "Días de enfermedad, fiebre, tos, flemas, falta de aire, contactos, vacunas.",
            ),
            "found": Words(
                "Speaks in full sentences? Breaths a minute, oxygen, throat on camera.",
                "¿Habla con frases completas? Respiraciones por minuto, oxígeno, garganta en la cámara.",
            ),
            "assessment": Words(
                "Viral or bacterial, and why. Signs of pneumonia?",
                "Viral o bacteriana, y por qué. ¿Señales de neumonía?",
            ),
            "plan": Words("Relief, medicine, rest, when to be seen.", "Alivio, medicinas, reposo, cuándo acudir."),
            "for_patient": _FOR_PATIENT,
        },
    ),
    NoteTemplate(
        "mental_health",
        Words("Mental health check-in", "Control de salud mental"),
        {
            "said": Words(
                "Mood, sleep, appetite, worry, drink and drugs. Ask about thoughts of suicide.",
                "Ánimo, sueño, apetito, preocupación, alcohol y drogas. Pregunte por pensamientos de suicidio.",
            ),
            "found": Words("How they look, speak and think. Scores.", "Cómo se ve, habla y piensa. Puntajes."),
            "assessment": Words("How severe, and is the patient safe?", "Qué tan grave es, y ¿está a salvo?"),
            "plan": Words(
                "Talking therapy, medicine, safety plan, who to call.",
                "Terapia, medicinas, plan de seguridad, a quién llamar.",
            ),
            "for_patient": _FOR_PATIENT,
        },
    ),
    NoteTemplate(
        "skin",
        Words("Skin", "Piel"),
        {
            "said": Words(
                "Since when, spreading, itch, pain, new soaps or medicines.",
                "Desde cuándo, si se extiende, comezón, dolor, jabones o medicinas nuevas.",
            ),
            "found": Words(
                "Where, size, colour, edge, surface. Was the photo sharp?",
                "Dónde, tamaño, color, borde, superficie. ¿Se veía bien la foto?",
            ),
            "assessment": Words("Most likely; could it be cancer?", "Lo más probable; ¿podría ser cáncer?"),
            "plan": Words("Cream or tablets, care, photo again when.", "Crema o tabletas, cuidados, otra foto cuándo."),
            "for_patient": _FOR_PATIENT,
        },
    ),
]

TEMPLATES: dict[str, NoteTemplate] = {template.key: template for template in _ALL}
