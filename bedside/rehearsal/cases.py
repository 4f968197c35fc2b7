"""What people come for in the rehearsal clinic, and what a doctor there would write.

Source: ours; not medical advice.
"""

from __future__ import annotations

from dataclasses import dataclass

Both = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of visit: the complaint, the code it turns out to be, and the words of the note, English then Spanish.

    `medicine` is a code of our formulary, given with `taken`, or empty where nothing is prescribed.
    """

    complaint: Both
    code: str
    display: str
    name: Both
    found: Both
    plan: Both
    for_patient: Both
    medicine: str = ""
    medicine_name: Both = ("", "")
    taken: Both = ("", "")
    is_lasting: bool = False


CASES = (
    Case(
        ("Sore throat for three days", "Dolor de garganta desde hace tres días"),
        "J02.9", "Acute pharyngitis, unspecified", ("Sore throat", "Dolor de garganta"),
        ("Throat red, no white spots, no swollen neck glands felt. Swallows water on camera.",
         "Garganta roja, sin placas, sin ganglios. Traga agua frente a la cámara."),
        ("Likely viral. Fluids, salt-water gargle, acetaminophen if needed.",
         "Probable virus. Líquidos, gárgaras con sal, paracetamol si hace falta."),
        ("This is most likely a virus. It should ease in three to five days.",
         "Lo más probable es que sea un virus. Debe mejorar en tres a cinco días."),
    ),
    Case(
        ("Pressure in my face and a stuffy nose", "Presión en la cara y nariz tapada"),
        "J01.90", "Acute sinusitis, unspecified", ("Sinus infection", "Sinusitis"),
        ("Tender over the left cheek when pressed. Speaks in full sentences.",
         "Dolor en la mejilla izquierda al presionar. Habla con frases completas."),
        ("Saline rinse twice a day. Return if fever or swelling around the eye.",
         "Lavado con solución salina dos veces al día. Volver si hay fiebre o hinchazón del ojo."),
        ("Your sinuses are swollen. Rinsing helps them drain.",
         "Sus senos nasales están inflamados. El lavado ayuda a drenarlos."),
    ),
    Case(
        ("Blood pressure check", "Control de la presión"),
        "I10", "Essential (primary) hypertension", ("High blood pressure", "Presión alta"),
        ("Home readings mostly above goal. No chest pain, no headaches.",
         "Las mediciones en casa están casi siempre sobre la meta. Sin dolor de pecho ni de cabeza."),
        ("Continue lisinopril. Log of home readings for two weeks. Less salt.",
         "Seguir con lisinopril. Registro de presión por dos semanas. Menos sal."),
        ("Your blood pressure is a little high. Keep taking your medicine each morning.",
         "Su presión está un poco alta. Siga tomando su medicina cada mañana."),
        "lisinopril", ("Lisinopril 10 mg tablet", "Lisinopril 10 mg, tableta"),
        ("1 tablet each morning", "1 tableta cada mañana"), is_lasting=True,
    ),
    Case(
        ("Follow-up for diabetes", "Control de la diabetes"),
        "E11.9", "Type 2 diabetes mellitus without complications", ("Type 2 diabetes", "Diabetes tipo 2"),
        ("Morning sugars 120 to 150. Feet look well on camera.",
         "Glucosa en ayunas de 120 a 150. Los pies se ven bien en la cámara."),
        ("Continue metformin. Walk 20 minutes after supper. Lab test before the next visit.",
         "Seguir con metformina. Caminar 20 minutos después de cenar. Análisis antes de la próxima visita."),
        ("Your sugar is close to your goal. Walking after supper brings it down.",
         "Su azúcar está cerca de la meta. Caminar después de cenar la baja."),
        "metformin", ("Metformin 500 mg tablet", "Metformina 500 mg, tableta"),
        ("1 tablet with breakfast and supper", "1 tableta con el desayuno y la cena"), is_lasting=True,
    ),
    Case(
        ("Low back pain after lifting", "Dolor de espalda por cargar peso"),
        "M54.50", "Low back pain, unspecified", ("Low back pain", "Dolor de espalda baja"),
        ("Bends to the knees, walks on heels and toes, no numbness.",
         "Se dobla hasta las rodillas, camina en talones y puntas, sin adormecimiento."),
        ("Keep moving, heat, ibuprofen with food for five days.",
         "Mantenerse en movimiento, calor, ibuprofeno con comida por cinco días."),
        ("Your back muscles are strained. Gentle moving heals faster than lying down.",
         "Tiene un tirón en la espalda. Moverse con cuidado cura más rápido que acostarse."),
    ),
    Case(
        ("Itchy rash on my arms", "Sarpullido con picazón en los brazos"),
        "L30.9", "Dermatitis, unspecified", ("Skin rash", "Sarpullido"),
        ("Dry red patches inside both elbows, no blisters.",
         "Manchas rojas y secas en los codos, sin ampollas."),
        ("Plain moisturizer twice a day. Photo in one week.",
         "Crema hidratante sin perfume dos veces al día. Foto en una semana."),
        ("Your skin is dry and irritated. Cream right after washing helps most.",
         "Su piel está seca e irritada. La crema justo después de lavarse es lo que más ayuda."),
    ),
    Case(
        ("Feeling anxious most days", "Ansiedad casi todos los días"),
        "F41.1", "Generalized anxiety disorder", ("Anxiety", "Ansiedad"),
        ("Sleeps five hours. No thoughts of self-harm. Works and eats.",
         "Duerme cinco horas. Sin ideas de hacerse daño. Trabaja y come."),
        ("Breathing exercise daily, sleep plan, talk therapy names given.",
         "Ejercicio de respiración diario, plan de sueño, nombres de terapeutas."),
        ("What you feel is common and treatable. We will look at sleep first.",
         "Lo que siente es común y se puede tratar. Empezaremos por el sueño."), is_lasting=True,
    ),
    Case(
        ("Asthma check", "Control del asma"),
        "J45.909", "Unspecified asthma, uncomplicated", ("Asthma", "Asma"),
        ("Uses the rescue inhaler twice a week. Speaks easily.",
         "Usa el inhalador de rescate dos veces por semana. Habla con facilidad."),
        ("Same inhaler. Technique shown on camera. Avoid smoke.",
         "Mismo inhalador. Se mostró la técnica. Evitar el humo."),
        ("Your asthma is under control. Keep the inhaler with you.",
         "Su asma está controlada. Lleve siempre el inhalador."),
        "albuterol@lungs", ("Albuterol 90 mcg inhaler", "Albuterol 90 mcg, inhalador"),
        ("2 puffs when needed", "2 inhalaciones cuando haga falta"), is_lasting=True,
    ),
    Case(
        ("Heartburn at night", "Acidez por la noche"),
        "K21.9", "Gastro-esophageal reflux disease without esophagitis", ("Acid reflux", "Reflujo"),
        ("No trouble swallowing, no weight loss.", "Sin dificultad para tragar, sin pérdida de peso."),
        ("Raise the head of the bed. No food three hours before sleep.",
         "Elevar la cabecera. No comer tres horas antes de dormir."),
        ("Acid comes up at night. Earlier suppers usually help within two weeks.",
         "El ácido sube por la noche. Cenar más temprano suele ayudar en dos semanas."),
    ),
    Case(
        ("Headaches twice a week", "Dolor de cabeza dos veces por semana"),
        "G43.909", "Migraine, unspecified, not intractable", ("Migraine", "Migraña"),
        ("One-sided, with nausea. Face and arms move evenly.",
         "De un solo lado, con náusea. Cara y brazos se mueven igual."),
        ("Headache diary. Regular meals and sleep. Rest in a dark room.",
         "Diario de dolores. Comidas y sueño regulares. Descansar en un cuarto oscuro."),
        ("These are migraines. A diary shows what sets them off.",
         "Son migrañas. Un diario muestra qué las provoca."), is_lasting=True,
    ),
)  # fmt: skip
